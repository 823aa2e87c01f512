"""ModelAsker binds the questions to a gateway: purposes, owners, sharing, and failures passed on."""

import json

from core.asking.asker import ModelAsker
from core.asking.questions import Description
from core.vocabulary.calls import Answer, Failure, Glance, Purpose
from core.vocabulary.emotions import MIKELS
from tests.core.asking.examples import PICTURE, ListedGateway, example, picture

SCORES = dict.fromkeys(MIKELS.names, 10) | {"fear": 90}
GENERIC = json.dumps({"reason": "r", "scores": SCORES, "caption": "c", "tags": ["t"]})
JUDGED = json.dumps({"rule": 1, "reason": "r", "scores": SCORES})


async def test_an_empty_block_asks_the_generic_question_itself_and_shares_its_answer() -> None:
    gateway = ListedGateway([GENERIC, GENERIC])
    asker = ModelAsker(gateway)
    generic = await asker.generic(PICTURE, MIKELS)
    judged = await asker.judge(PICTURE, MIKELS, " \n- ", owner=7, purpose=Purpose.VERIFY)
    assert isinstance(generic, Answer)
    assert isinstance(judged, Answer)
    assert judged.value.distribution == generic.value.distribution
    assert judged.value.rule is None
    assert gateway.calls[0].key("m") == gateway.calls[1].key("m")
    assert gateway.calls[1].owner is None


async def test_a_personal_judgement_belongs_to_its_member_and_is_about_its_image() -> None:
    gateway = ListedGateway([JUDGED])
    judged = await ModelAsker(gateway).judge(PICTURE, MIKELS, "- Dark: fear.", owner=7, purpose=Purpose.ALONE)
    call = gateway.calls[0]
    assert (call.purpose, call.owner, call.about) == (Purpose.ALONE, 7, PICTURE.hash)
    assert isinstance(judged, Answer)
    assert judged.value.rule == 0


async def test_what_one_member_asks_is_cached_apart_from_another() -> None:
    gateway = ListedGateway([JUDGED, JUDGED])
    for owner in (1, 2):
        await ModelAsker(gateway).judge(PICTURE, MIKELS, "- Dark: fear.", owner=owner, purpose=Purpose.ALONE)
    assert gateway.calls[0].key("m") != gateway.calls[1].key("m")


async def test_every_question_passes_a_failure_on() -> None:
    asker = ModelAsker(ListedGateway([Failure.QUOTA] * 7))
    shown = [example(1, "awe", "fear")]
    assert await asker.generic(PICTURE, MIKELS) is Failure.QUOTA
    assert await asker.judge(PICTURE, MIKELS, "", owner=1, purpose=Purpose.VERIFY) is Failure.QUOTA
    assert await asker.judge(PICTURE, MIKELS, "x", owner=1, purpose=Purpose.VERIFY) is Failure.QUOTA
    assert await asker.fewshot(PICTURE, MIKELS, shown, owner=1) is Failure.QUOTA
    options = {"owner": 1, "temperature": 0.5, "nonce": "a"}
    assert await asker.write_rules(MIKELS, shown, limit=3, **options) is Failure.QUOTA
    assert await asker.write_prompt(MIKELS, shown, parent="", **options) is Failure.QUOTA
    assert await asker.match(["snow"], [Description("Snow.", ())], owner=1) is Failure.QUOTA


async def test_few_shot_shows_labelled_pictures_and_judges_the_last_one() -> None:
    gateway = ListedGateway([json.dumps({"reason": "r", "scores": SCORES})])
    await ModelAsker(gateway).fewshot(PICTURE, MIKELS, [example(1, "awe", "fear")], owner=7)
    call = gateway.calls[0]
    assert call.parts == (
        "Picture 1. This person felt: awe.",
        Glance(picture(1)),
        "The picture to judge:",
        PICTURE,
    )
    assert call.purpose is Purpose.FEWSHOT
