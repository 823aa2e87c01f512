"""Forgetting a part: what was felt in one month goes, for good, and nothing else."""

from dataclasses import replace

from bot.words import buttons, texts
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_deck import parts
from tests.journeys.test_languages import in_language
from tests.journeys.test_portrait import felt, key_of
from tests.storage.made import hash_of, rated, reacted

MONTH = 31 * 24 * 60 * 60 * 1000


async def two_months(world):
    """Bob's two labels of November 2023, and one of a month later."""
    await world.join(world.bob)
    changes = [rated(world.bob.id, n, "awe", server=None, at=at) for n, at in ((1, 0), (2, 5), (3, MONTH))]
    await world.app.storage.labels.apply(changes)


async def months_of(world):
    card = await world.bob.slash(world.channel, "forget")
    return card, [option["label"] for part in parts(card) for option in part.get("options", ())]


async def kept_of(world):
    return {label.image_hash for label in await world.app.storage.labels.labels(key_of(world))}


async def test_one_month_goes_and_the_others_stay(world):
    await two_months(world)
    card, months = await months_of(world)
    assert card.ephemeral
    assert months == ["December 2023", "November 2023"]
    asked = await world.bob.select(card.response, ["2023-11"])
    assert text_of(asked) == texts.forget_month_sure("November 2023", 2)
    done = await world.bob.click(asked.response, label=buttons.erase_month())
    assert text_of(done) == texts.forgot_month(2)
    assert await kept_of(world) == {hash_of(3)}
    assert await world.app.storage.labels.image(hash_of(1)) is None
    assert await world.app.storage.labels.image(hash_of(3)) is not None
    assert (await months_of(world))[1] == ["December 2023"]


async def test_a_month_goes_whatever_the_emotions_were_to_choose_from(world):
    await two_months(world)
    elsewhere = replace(rated(world.bob.id, 4, "warm", server=None, at=7), label_set_id="warm and cold")
    await world.app.storage.labels.apply([elsewhere])
    card, _ = await months_of(world)
    asked = await world.bob.select(card.response, ["2023-11"])
    assert text_of(asked) == texts.forget_month_sure("November 2023", 3)
    done = await world.bob.click(asked.response, label=buttons.erase_month())
    assert text_of(done) == texts.forgot_month(3)
    assert [kept.image_hash for kept in await world.app.storage.labels.felt(world.bob.id)] == [hash_of(3)]


async def test_what_was_changed_later_goes_with_both_months(world):
    await two_months(world)
    await world.app.storage.labels.apply([reacted(world.bob.id, 9, "fear", picture=1, at=MONTH)])
    assert await kept_of(world) == {hash_of(1), hash_of(2), hash_of(3)}
    card, months = await months_of(world)
    assert months == ["December 2023", "November 2023"]
    asked = await world.bob.select(card.response, ["2023-11"])
    await world.bob.click(asked.response, label=buttons.erase_month())
    assert await kept_of(world) == {hash_of(3)}


async def test_a_month_is_kept_without_a_second_yes(world):
    await two_months(world)
    card, _ = await months_of(world)
    asked = await world.bob.select(card.response, ["2023-11"])
    assert text_of(await world.bob.click(asked.response, label=buttons.keep_it())) == texts.forget_kept()
    assert len(await kept_of(world)) == 3


async def test_what_stands_on_discord_does_not_bring_it_back(world):
    await world.join(world.bob)
    await felt(world, 10, "😮")
    (image_hash,) = await kept_of(world)
    card, months = await months_of(world)
    (value,) = [option["value"] for part in parts(card) for option in part.get("options", ())]
    assert len(months) == 1
    asked = await world.bob.select(card.response, [value])
    await world.bob.click(asked.response, label=buttons.erase_month())
    for _ in range(2):
        assert await world.labels(world.bob) == []
        kept = await world.app.storage.members.export(world.bob.id)
        assert (kept["reactions"], kept["labels"]) == ([], [])
        assert await world.app.storage.labels.image(image_hash) is None
        world.app.catchup.request()
        await world.app.catchup.idle()
    await world.bob.react(await world.post(picture(200)), "😂")
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_paused_member_forgets_a_month_too(world):
    await two_months(world)
    await world.bob.slash(world.channel, "pause")
    card, _ = await months_of(world)
    asked = await world.bob.select(card.response, ["2023-12"])
    await world.bob.click(asked.response, label=buttons.erase_month())
    assert await kept_of(world) == {hash_of(1), hash_of(2)}


async def test_who_has_labelled_nothing_is_offered_no_month_and_months_speak_german(world):
    assert (await months_of(world))[1] == []
    await two_months(world)
    with in_language(world.env, "de"):
        assert (await months_of(world))[1] == ["Dezember 2023", "November 2023"]
