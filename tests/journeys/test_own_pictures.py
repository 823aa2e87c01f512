"""A member's own pictures: one form, then one card after another, also where a server has none."""

import asyncio
from types import SimpleNamespace

from simcord.components import walk_components

from bot.discord_ui import own_pictures
from bot.discord_ui.own_pictures import MineCard
from bot.words import buttons, texts
from bot.words import deck as words
from core.vocabulary.exclusions import By, Exclusion, What
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_deck import labels_on, shown
from tests.journeys.test_languages import german, in_language


def pictures(*reds):
    return [(f"{red}.png", picture(red)) for red in reds]


async def hand_in(world, files, who=None, where=None):
    """Open the form under the sentence that there is no deck here, and hand in files."""
    who = who or world.bob
    if where == "alone":
        who = who.user
    nothing = await (who.slash("rate") if where == "alone" else who.slash(world.channel, "rate"))
    form = await who.click(nothing.response, label=buttons.own_pictures())
    (field,) = [c["custom_id"] for c in walk_components(form.modal["components"]) if c.get("type") == 19]
    return await who.submit_modal(form, {field: files})


async def test_ten_pictures_are_asked_about_one_by_one_and_become_labels(world):
    await world.join(world.bob)
    files = pictures(*range(10, 210, 20))
    card = await hand_in(world, files)
    for number, (_, data) in enumerate(files, 1):
        assert f"{number} of 10" in text_of(card)
        assert shown(card) == (await world.app.images.normalise(data)).jpeg
        await world.bob.click(card.response, label="awe" if number % 2 else "fear")
    assert words.finished(10, whole=True) in text_of(card)
    assert "10 labels so far" in text_of(card)
    assert await world.labels(world.bob) == [{"awe"}, {"fear"}] * 5
    again = await world.bob.click(card.response, label=buttons.own_pictures())
    assert again.modal["title"] == buttons.own_pictures()


async def test_only_they_see_it_and_it_works_in_a_private_conversation(world):
    await world.join(world.bob)
    assert (await hand_in(world, pictures(10))).ephemeral
    assert world.channel.history() == []
    card = await hand_in(world, pictures(30), where="alone")
    await world.bob.user.click(card.response, label="awe")
    assert await world.labels(world.bob) == [{"awe"}]


async def test_what_is_skipped_or_cannot_be_read_is_no_label_and_is_said(world):
    await world.join(world.bob)
    broken = ("broken.png", picture(90)[:60])
    card = await hand_in(world, [*pictures(10), broken, *pictures(50, 70), ("notes.txt", b"words")])
    assert "1 of 4" in text_of(card)
    await world.bob.click(card.response, label=buttons.skip())
    assert "3 of 4" in text_of(card)
    assert "Picture 2 is left out" in text_of(card)
    await world.bob.click(card.response, label="awe")
    await world.bob.click(card.response, label="fear")
    assert words.finished(2, whole=True) in text_of(card)
    assert await world.labels(world.bob) == [{"awe"}, {"fear"}]


async def test_files_that_are_no_pictures_get_a_sentence(world):
    await world.join(world.bob)
    assert text_of(await hand_in(world, [("notes.txt", b"words")])) == texts.not_an_image()
    said = text_of(await hand_in(world, [("broken.png", picture()[:60])]))
    assert "Picture 1 is left out" in said
    assert "incident" not in said


async def test_an_excluded_picture_is_left_out_here_too(world):
    await world.join(world.bob)
    image = await world.app.images.normalise(picture(10))
    no = Exclusion(world.guild.id, By.ADMIN, What.PICTURE, image.hash, 0, True, 1)
    await world.app.storage.exclusions.put([no])
    await world.app.roster.refresh()
    card = await hand_in(world, pictures(10, 30))
    assert "Picture 1 is left out" in text_of(card)
    assert "2 of 2" in text_of(card)


async def test_a_press_after_a_pause_writes_nothing(world):
    await world.join(world.bob)
    card = await hand_in(world, pictures(10))
    await world.bob.slash(world.channel, "pause")
    said = await world.bob.click(card.response, label="awe")
    assert text_of(said) == texts.adds_nothing_while_paused()
    assert await world.labels(world.bob) == []
    nothing = await world.bob.slash(world.channel, "rate")
    assert labels_on(nothing) == []


async def test_two_presses_at_once_are_one_label_and_one_step(world, monkeypatch):
    await world.join(world.bob)
    await hand_in(world, pictures(10, 30))
    views = world.app.client._connection._view_store._views.values()
    (card,) = {item.view for items in views for item in items.values() if isinstance(item.view, MineCard)}
    pressed, steps = SimpleNamespace(user=SimpleNamespace(id=world.bob.id), guild_id=world.guild.id), []

    async def both_are_acknowledged(_):
        await asyncio.sleep(0)

    async def step(*_):
        steps.append(1)

    monkeypatch.setattr(own_pictures, "acknowledge", both_are_acknowledged)
    monkeypatch.setattr(own_pictures, "_follow", step)
    await asyncio.gather(card.felt(pressed, "awe"), card.felt(pressed, "fear"))
    assert steps == [1]
    assert await world.labels(world.bob) == [{"awe"}]


async def test_their_label_goes_with_forgetting_and_stands_in_no_message(world):
    await world.join(world.bob)
    card = await hand_in(world, pictures(10))
    await world.bob.click(card.response, label="awe")
    image = await world.app.images.normalise(picture(10))
    assert await world.app.storage.labels.image(image.hash) is not None
    await world.app.forget(world.bob.id)
    assert await world.app.storage.labels.image(image.hash) is None


async def test_it_speaks_german(world):
    await world.join(world.bob)
    with in_language(world.env, "de"):
        nothing = await world.bob.slash(world.channel, "rate")
        assert labels_on(nothing) == [german(buttons.own_pictures)]
