"""What a server may spend: chosen by whoever manages it, below what whoever runs the bot allows."""

from dataclasses import replace

import pytest

from bot.words import no_answer
from bot.words.overview import budget_takes
from core.model.prices import Price
from core.offline.model import MODEL_NAME
from core.vocabulary.calls import Failure
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_languages import german, in_language
from tests.journeys.test_setup import _field, _fields


async def choose(world, usd, *, button="Budget"):
    """Fill in the form: what the panel says then, and what is said besides."""
    panel = await world.steward.slash(world.channel, "setup")
    form = await world.steward.click(panel.response, label=button)
    said = text_of(await world.steward.submit_modal(form, {_field(form.modal["components"]): usd}))
    return text_of(panel), said


async def chosen(world):
    return (await world.app.storage.servers.settings(world.guild.id)).usd_per_day


def allow(world, monkeypatch, **caps):
    monkeypatch.setattr(world.app, "settings", world.app.settings.model_copy(update=caps))


async def test_it_is_chosen_in_a_form_told_and_taken_back(world, monkeypatch):
    allow(world, monkeypatch, usd_per_day=10.0, server_usd_per_day=2.0)
    panel, _ = await choose(world, "1.5")
    assert await chosen(world) == 1.5
    assert "What the model may cost here in 24 hours: $1.50" in panel
    assert "of $1.50" in text_of(await world.steward.slash(world.channel, "server"))
    panel, _ = await choose(world, "")
    assert await chosen(world) is None
    assert "What the model may cost here in 24 hours: $2.00" in panel


async def test_a_german_chooses_it_with_a_comma(world, monkeypatch):
    allow(world, monkeypatch, usd_per_day=10.0, server_usd_per_day=None)
    with in_language(world.env, "de"):
        panel, _ = await choose(world, "0,50")
        assert "Was das Modell hier in 24 Stunden kosten darf: 0,50" in panel
        _, said = await choose(world, "11")
    assert said == german(budget_takes, 10.0)
    assert await chosen(world) == 0.5


@pytest.mark.parametrize("written", ["2.01", "-1", "1e1", "nan", "inf", "1,000", "much"])
async def test_what_nobody_may_choose_is_explained_and_not_stored(world, monkeypatch, written):
    allow(world, monkeypatch, usd_per_day=10.0, server_usd_per_day=2.0)
    _, said = await choose(world, written)
    assert said == budget_takes(2.0)
    assert await chosen(world) is None


async def test_without_any_cap_any_may_be_chosen(world, monkeypatch):
    allow(world, monkeypatch, usd_per_day=None, server_usd_per_day=None)
    panel, _ = await choose(world, "")
    assert "What the model may cost here in 24 hours: no limit of this server's own" in panel
    await choose(world, "5000")
    assert await chosen(world) == 5000
    _, said = await choose(world, "1,000")
    assert said == budget_takes(None)


async def test_what_is_allowed_later_still_holds(world, monkeypatch):
    await choose(world, "1.5")
    allow(world, monkeypatch, server_usd_per_day=1.0)
    assert "of $1.00" in text_of(await world.steward.slash(world.channel, "server"))


async def test_where_nothing_may_be_spent_the_model_is_not_asked_and_whoever_asks_is_told(world, monkeypatch):
    await world.join(world.bob)
    costly = replace(world.app.gateway._settings, prices={MODEL_NAME: Price(1.0, 1.0)})
    monkeypatch.setattr(world.app.gateway._budget, "_settings", costly)
    before = await world.app.storage.answers.calls()
    await choose(world, "0")
    said = text_of(await world.bob.slash(world.channel, "feel", image=("a.png", picture())))
    assert said == no_answer.sentence(Failure.BUDGET)
    assert await world.app.storage.answers.calls() == before
    await choose(world, "")
    said = text_of(await world.bob.slash(world.channel, "feel", image=("a.png", picture())))
    assert said != no_answer.sentence(Failure.BUDGET)


async def test_what_one_member_may_cost_is_chosen_beside_it_and_told(world, monkeypatch):
    allow(world, monkeypatch, usd_per_day=10.0, server_usd_per_day=2.0, member_usd_per_day=0.5)
    panel = await world.steward.slash(world.channel, "setup")
    for written, holds in (("0.2", 0.2), ("", 0.5)):
        form = await world.steward.click(panel.response, label="Budget")
        fields = _fields(form.modal["components"])
        await world.steward.submit_modal(form, dict(zip(fields, ["", written], strict=True)))
        assert f"For one member, all places together: ${holds:.2f}" in text_of(panel)
    form = await world.steward.click(panel.response, label="Budget")
    fields = _fields(form.modal["components"])
    said = await world.steward.submit_modal(form, dict(zip(fields, ["", "0.6"], strict=True)))
    assert text_of(said) == budget_takes(0.5)
    assert (await world.app.storage.servers.settings(world.guild.id)).member_usd_per_day is None
