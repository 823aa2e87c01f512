"""What is forecast before a run is never less than what the run asks and costs."""

import pytest

from core.asking.asker import ModelAsker
from core.model.budget import Budget
from core.model.config import ModelSettings
from core.model.known import Known
from core.model.prices import Price
from core.tending.forecast import forecast
from core.tending.run import Tuner
from core.tuning.constants import DEFAULT
from core.tuning.limits import estimate
from core.vocabulary.calls import Call
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode
from tests.bench.world import InProcess, pictures
from tests.fakes import ManualClock
from tests.labelling import felt

SETTINGS = ModelSettings("http://model", "", "model", prices={"model": Price(2.0, 8.0)})


def priced() -> Budget:
    return Budget(None, SETTINGS, SystemClock(), Known(SETTINGS, SystemClock()))


class Counted(InProcess):
    """The offline model; every question that is asked is priced as the budget would."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Call] = []

    async def ask(self, call, parse):
        if call.key("") not in {one.key("") for one in self.asked}:
            self.asked.append(call)
        return await super().ask(call, parse)


@pytest.mark.parametrize("mode", Mode)
async def test_a_run_asks_and_costs_no_more_than_was_forecast(sqlite_storage, mode):
    budget, gateway = priced(), Counted()
    feels = ("awe", "fear", "contentment")
    shown = enumerate(pictures(16, 3))
    await felt(sqlite_storage, 1, [(sight.image, feels[at % 3], at) for at, sight in shown])
    tuner = Tuner(
        sqlite_storage,
        ModelAsker(gateway),
        ManualClock(),
        mode=mode,
        price=budget.estimate,
    )
    report = await tuner.tune(ProfileKey(1, MIKELS.id))
    planned, asked = report.explanation.forecast, report.explanation.cost.asked
    assert sum(asked.values()) >= 16
    for purpose, number in asked.items():
        assert number <= planned.calls[purpose]
    assert 0.0 < sum(budget.estimate(call).usd for call in gateway.asked) <= planned.usd


async def test_more_labels_and_a_higher_cap_are_reckoned_dearer():
    few, many, dearer = [
        await forecast(calls, MIKELS, Mode.RULES, priced().estimate)
        for calls in (estimate(8, DEFAULT), estimate(60, DEFAULT), estimate(60, DEFAULT, cap=120))
    ]
    assert few.usd < many.usd < dearer.usd


def test_with_too_few_labels_nothing_is_asked():
    assert set(estimate(7, DEFAULT).values()) == {0}
