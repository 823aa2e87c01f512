"""What is known of pictures without asking: earlier answers, and whether they would test a rule on trial."""

import asyncio
from dataclasses import replace

import pytest

from core.asking.asker import ModelAsker
from core.collecting.dealing import Known
from core.model.config import ModelSettings
from core.model.kept import KeptAnswers
from core.ports import Caps, NewAnswer, Purchase, RunReport
from core.predicting.knowledge import Knowledge, undecided
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Purpose, Usage
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult
from storage import Storage
from tests.core.model.calls import a_call, colour
from tests.scripted import ScriptedAsker, picture, rule

ME = 7
KEY = ProfileKey(ME, MIKELS.id)
SEA = picture("dark sea")
STORM = rule("a storm at sea", "excitement")


class Remembering(ScriptedAsker):
    """Knows what it was asked before, and nothing else; pictures are known by their hashes alone."""

    def __init__(self, *known: str) -> None:
        super().__init__({"sea": "contentment", "storm": "fear"})
        self._pictures = {picture(words).hash: picture(words) for words in known}

    async def generic(self, image, label_set):
        seen = self._pictures.get(image.hash)
        return Failure.UNAVAILABLE if seen is None else await super().generic(seen, label_set)

    async def judge(self, image, label_set, block, *, owner, purpose):
        return await super().judge(self._pictures[image.hash], label_set, block, owner=owner, purpose=purpose)


async def tuned(storage: Storage, *records: RuleRecord, rules: tuple[Rule, ...] = ()) -> None:
    run = RunReport("run", ME, MIKELS.id, Mode.RULES, 0, 12, 1, 1, RunResult.DEPLOYED, RunReason.FOUND)
    await storage.members.join(ME, CONSENT_VERSION, 0)
    deploy = Feelprint(ME, MIKELS.id, 1, Mode.RULES, rules, "", 1, 12, "run") if rules else None
    assert await storage.runs.finish(run, rules=records, deploy=deploy)


async def known_of(storage: Storage, asker: ScriptedAsker, *words: str) -> list[Known]:
    hashes = [picture(one).hash for one in words]
    found = await Knowledge(asker, storage.versions, storage.runs).of(KEY, MIKELS, hashes)
    return [found[one] for one in hashes]


async def test_what_was_never_asked_is_not_known(storage):
    assert await known_of(storage, Remembering(), "dark sea") == [Known()]


async def test_an_earlier_answer_is_known_with_its_description(storage):
    (known,) = await known_of(storage, Remembering("dark sea"), "dark sea")
    assert known.generic is not None
    assert MIKELS.top(known.generic) == "contentment"
    assert known.caption == "dark sea"
    assert known.personal is None


async def test_where_the_feelprint_was_asked_its_answer_is_known_too(storage):
    await tuned(storage, RuleRecord(rule("storm", "awe"), RuleStatus.DEPLOYED), rules=(rule("storm", "awe"),))
    (known,) = await known_of(storage, Remembering("storm"), "storm")
    assert known.personal is not None
    assert (MIKELS.top(known.generic), MIKELS.top(known.personal)) == ("fear", "awe")


async def test_a_rule_on_trial_is_tested_where_all_its_words_are_in_the_description(storage):
    await tuned(storage, RuleRecord(STORM, RuleStatus.UNUSED))
    asker = Remembering("storm over the sea", "calm sea")
    assert [known.tests for known in await known_of(storage, asker, "storm over the sea", "calm sea")] == [1, 0]


@pytest.mark.parametrize(
    ("record", "open_"),
    [
        (RuleRecord(STORM, RuleStatus.UNUSED), True),
        (RuleRecord(STORM, RuleStatus.DEPLOYED, fresh=Evidence(6, 5, 1)), False),
        (RuleRecord(STORM, RuleStatus.DEPLOYED, fresh=Evidence(6, 5, 1), shadow=Evidence(3, 0, 3)), True),
        (RuleRecord(STORM, RuleStatus.RETIRED, reason=RuleReason.NO_GAIN), False),
        (RuleRecord(STORM, RuleStatus.DROPPED, reason=RuleReason.NO_GAIN), False),
    ],
)
def test_a_rule_is_undecided_while_it_may_be_used_and_is_neither_ahead_nor_behind(record, open_):
    assert undecided(record) is open_


async def test_kept_answers_are_read_and_nothing_is_asked(storage):
    settings, call = ModelSettings("http://nowhere.invalid", "", "m"), replace(a_call(), about=None)
    kept = KeptAnswers(storage.answers, settings)
    assert await kept.ask(call, colour) is Failure.UNAVAILABLE
    room = await storage.answers.reserve(Purchase(1, "generic", None, "m", 0.1), Caps())
    assert room is not None
    answer = NewAnswer(call.key("m"), '{"colour": "red"}')
    await storage.answers.settle(room, outcome="ok", usage=Usage(), answer=answer)
    found = await kept.ask(call, colour)
    assert isinstance(found, Answer)
    assert (found.value, found.cached) == ("red", True)
    assert await kept.ask(call, _unreadable) is Failure.UNAVAILABLE


def _unreadable(_: str) -> str:
    raise ValueError("not in form")


def test_questions_of_another_way_are_the_same_questions():
    sent: list[Call] = []

    class Noting:
        async def ask(self, call: Call, parse: object) -> Outcome[object]:
            sent.append(call)
            return Failure.UNAVAILABLE

    asker = ModelAsker(Noting(), wording=1)
    asyncio.run(asker.generic(SEA, MIKELS))
    asyncio.run(asker.over(Noting()).generic(SEA, MIKELS))
    assert sent[0].key("m") == sent[1].key("m")
    assert sent[0].purpose is Purpose.GENERIC
