"""What a question is answered with, and what it says that it rests on."""

from core.ports import RunReport, Shadow
from core.predicting.calibrate import Scale
from core.predicting.predictor import Prediction, Predictor, torn
from core.vocabulary.calls import Failure, Payer, Purpose
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.label import Label
from core.vocabulary.own_moods import OwnMood
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import AnswerSource, Mode, RunReason, RunResult
from storage import Storage
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

ME = 7
KEY = ProfileKey(ME, MIKELS.id)
MAJORITY = {"sea": "contentment", "storm": "fear"}
STORM = rule("storm", "excitement")


async def setting(storage: Storage, *, tuned: bool = False, **asker: object) -> Predictor:
    if tuned:
        made = Feelprint(ME, MIKELS.id, 3, Mode.RULES, (STORM,), "", 1, 12, "run")
        run = RunReport("run", ME, MIKELS.id, Mode.RULES, 0, 12, 1, 1, RunResult.DEPLOYED, RunReason.FOUND)
        await storage.members.join(ME, CONSENT_VERSION, 0)
        assert await storage.runs.finish(run, deploy=made)
    return predicting(storage, **asker)


def predicting(storage: Storage, **asker: object) -> Predictor:
    model = ScriptedAsker(MAJORITY, **asker)
    return Predictor(storage.labels, storage.versions, storage.shadows, model, ManualClock())


async def ask(predictor: Predictor, words: str) -> Prediction:
    found = await predictor.predict(picture(words), ME, MIKELS)
    assert isinstance(found, Prediction)
    return found


async def test_the_feelprint_answers_and_names_the_rule_and_what_most_would_say(sqlite_storage: Storage) -> None:
    predictor = await setting(sqlite_storage, tuned=True)
    found = await ask(predictor, "storm")
    assert (found.source, found.top, found.rule, found.version) == (AnswerSource.FEELPRINT, "excitement", STORM, 3)
    assert found.generic is not None
    assert MIKELS.top(found.generic) == "fear"
    assert (await ask(predictor, "sea")).rule is None


async def test_a_picture_that_the_member_labelled_is_answered_with_their_label(sqlite_storage: Storage) -> None:
    predictor = await setting(sqlite_storage, tuned=True)
    await felt(sqlite_storage, ME, [(picture("storm"), ["anger", "awe"], 5)])
    label = Label.of(ME, picture("storm").hash, ["anger", "awe"], 5)
    found = await ask(predictor, "storm")
    assert (found.source, found.label, found.torn) == (AnswerSource.LABEL, label, None)


async def test_in_every_mood_an_answer_is_as_sure_as_all_of_that_label_set_were_right(
    sqlite_storage: Storage,
) -> None:
    predictor = await setting(sqlite_storage)
    asked: list[str] = []
    scale = predictor.calibration.scale

    async def noted(label_set_id: str) -> Scale:
        asked.append(label_set_id)
        return await scale(label_set_id)

    predictor.calibration.scale = noted  # type: ignore[method-assign]
    evening = MIKELS.of_mood(OwnMood(3, "evening"))
    assert isinstance(await predictor.predict(picture("storm"), ME, evening), Prediction)
    assert asked == [MIKELS.id] != [evening.id]


async def test_without_labels_most_people_answer(sqlite_storage: Storage) -> None:
    predictor = await setting(sqlite_storage)
    found = await ask(predictor, "storm")
    assert (found.source, found.top, found.version) == (AnswerSource.GENERIC, "fear", None)


async def test_with_labels_but_no_feelprint_the_answer_leans_to_what_they_feel_more(
    sqlite_storage: Storage,
) -> None:
    predictor = await setting(sqlite_storage)
    await felt(sqlite_storage, ME, [(picture(f"storm {k}"), "awe", k) for k in range(7)])
    found = await ask(predictor, "storm new")
    assert found.source == AnswerSource.PRIOR
    place = MIKELS.names.index("awe")
    assert found.generic is not None
    assert found.distribution[place] > found.generic[place]


async def test_from_eight_labels_on_only_a_feelprint_changes_the_answer(sqlite_storage: Storage) -> None:
    predictor = await setting(sqlite_storage)
    await felt(sqlite_storage, ME, [(picture(f"storm {k}"), "awe", k) for k in range(8)])
    assert (await ask(predictor, "storm new")).source == AnswerSource.GENERIC


async def test_labels_that_agree_with_nothing_leave_the_generic_answer(sqlite_storage: Storage) -> None:
    predictor = await setting(sqlite_storage)
    kinds = enumerate(["storm", "sea"] * 3)
    await felt(sqlite_storage, ME, [(picture(f"{kind} {k}"), MAJORITY[kind], k) for k, kind in kinds])
    found = await ask(predictor, "storm new")
    assert found.top == "fear"


async def test_a_failed_answer_is_a_failure_and_a_missing_comparison_is_not(sqlite_storage: Storage) -> None:
    broken = await setting(
        sqlite_storage, tuned=True, fails=lambda p, _: Failure.QUOTA if p is Purpose.PREDICT else None
    )
    assert await broken.predict(picture("storm"), ME, MIKELS) is Failure.QUOTA
    partly = await setting(
        sqlite_storage, tuned=True, fails=lambda p, _: Failure.REFUSED if p is Purpose.GENERIC else None
    )
    found = await ask(partly, "storm")
    assert (found.top, found.generic) == ("excitement", None)


async def test_an_answer_that_was_too_sure_learns_to_sound_less_sure(sqlite_storage: Storage) -> None:
    before = await ask(await setting(sqlite_storage, tuned=True), "storm")
    for member in (100, 101, 102):
        shown = [picture(f"cake {member} {k}") for k in range(20)]
        await felt(sqlite_storage, member, [(image, "awe", k) for k, image in enumerate(shown)])
        rows = [Shadow(3, i.hash, k, before.distribution, float(member == 100), 0.0) for k, i in enumerate(shown)]
        await sqlite_storage.shadows.put(ProfileKey(member, MIKELS.id), rows)
    after = await ask(predicting(sqlite_storage), "storm")
    assert max(after.distribution) < max(before.distribution)
    assert after.top == before.top


def test_torn_where_two_are_likely_and_the_rest_is_far() -> None:
    close = MIKELS.distribution({"awe": 0.45, "fear": 0.40, "anger": 0.15})
    flat = MIKELS.distribution({"awe": 0.19, "fear": 0.16, "anger": 0.15, "sadness": 0.14})
    clear = MIKELS.distribution({"awe": 0.5, "fear": 0.3, "anger": 0.2})
    alone = MIKELS.distribution({"awe": 0.36, "fear": 0.16, "anger": 0.16, "sadness": 0.16, "disgust": 0.16})
    assert [torn(MIKELS, it) for it in (close, flat, clear, alone)] == [("awe", "fear"), None, None, None]
    unsure = [
        Prediction(it, "awe", torn(MIKELS, it), "", AnswerSource.GENERIC).unsure
        for it in (close, flat, clear, alone)
    ]
    assert unsure == [False, True, False, False]


async def test_whoever_asks_pays_whatever_the_answer_rests_on(sqlite_storage: Storage) -> None:
    for tuned in (False, True):
        model = ScriptedAsker(MAJORITY)
        await setting(sqlite_storage, tuned=tuned)
        stored = sqlite_storage
        predictor = Predictor(stored.labels, stored.versions, stored.shadows, model, ManualClock())
        await predictor.predict(picture("storm"), ME, MIKELS, 5)
        assert model.payers == {Payer(ME, 5)}
        assert model.unpaid == 0
