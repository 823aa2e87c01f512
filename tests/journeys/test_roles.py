"""A server leaves labelling or asking to some roles: every way honours it, and what is one's own stays so."""

from dataclasses import replace

import pytest

from bot.intake.catchup import Walk
from bot.words import buttons, texts
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_deck import labels_on, parts
from tests.journeys.test_languages import german, in_language
from tests.journeys.test_own_pictures import hand_in

MENUS = ("How would I feel?", "Rate this image")


@pytest.fixture
async def painters(world):
    """Only painters may label or ask. Alice is one, Bob is none; both have joined."""
    await world.join(world.bob, world.alice)
    role = world.guild.create_role("Painters")
    world.env.backend.add_member_role(world.guild.id, world.alice.id, role.id)
    await world.env.settle()
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, label_roles=frozenset({role.id}), ask_roles=frozenset({role.id})))
    await world.app.catchup.idle()
    world.painters = role
    return world


async def test_setup_says_and_changes_who_may(world):
    role = world.guild.create_role("Painters")
    await world.env.settle()
    panel = await world.steward.slash(world.channel, "setup")
    assert "Who may ask about pictures: everybody" in text_of(panel)
    for place, field in enumerate(("label_roles", "ask_roles")):
        await world.steward.click(panel.response, label="Who may")
        select = [part for part in parts(panel) if part["type"] == 6][place]
        await world.steward.select(panel.response, [role], custom_id=select["custom_id"])
        stored = await world.app.storage.servers.settings(world.guild.id)
        assert getattr(stored, field) == {role.id}
    assert text_of(panel).count(f"<@&{role.id}>") == 2
    with in_language(world.env, "de"):
        panel = await world.steward.slash(world.channel, "setup")
        assert f"Wer nach Bildern fragen darf: <@&{role.id}>" in text_of(panel)


@pytest.mark.parametrize("when", ["live", "while away", "before joining", "a walk of that message"])
async def test_a_reaction_counts_only_of_who_has_the_role(painters, when):
    world = painters
    if when == "before joining":
        for member in (world.bob, world.alice):
            await world.app.forget(member.id)
        message = await world.post()
        for member in (world.bob, world.alice):
            await member.react(message, "😂")
            asked = await member.slash(world.channel, "join")
            await member.click(asked.response, label="Yes, count them")
        await world.app.catchup.idle()
    elif when == "while away":
        message = await world.post()
        await away_and_back(world, world.bob.react(message, "😂"), world.alice.react(message, "😂"))
    else:
        message = await world.post()
        for member in (world.bob, world.alice):
            await member.react(message, "😂")
        if when != "live":
            await world.app.catchup.walk(Walk())
    assert await world.labels(world.alice) == [{"amusement"}]
    assert await world.labels(world.bob) == []


async def test_whoever_gets_the_role_labels_by_a_reaction_made_anew_and_who_loses_it_keeps_their_labels(painters):
    world = painters
    message = await world.post()
    await world.bob.react(message, "😂")
    world.env.backend.add_member_role(world.guild.id, world.bob.id, world.painters.id)
    await world.env.settle()
    await world.bob.unreact(message, "😂")
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    world.env.backend.remove_member_role(world.guild.id, world.bob.id, world.painters.id)
    await world.env.settle()
    await away_and_back(world)
    assert await world.labels(world.bob) == [{"amusement"}]
    await world.bob.unreact(message, "😂")
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize("menu", MENUS)
async def test_menus(painters, menu):
    world = painters
    message = await world.post()
    said = await world.bob.context_menu(world.channel, menu, message)
    if menu == "Rate this image":
        await world.bob.click(said.response, label="awe")
    assert texts.no_role() in text_of(said)
    assert await world.labels(world.bob) == []
    said = await world.alice.context_menu(world.channel, menu, message)
    assert texts.no_role() not in text_of(said)


async def test_commands_with_a_file(painters):
    world = painters
    given = {"image": ("a.png", picture())}
    assert text_of(await world.bob.slash(world.channel, "feel", **given)) == texts.no_role()
    rating = await world.bob.slash(world.channel, "rate", **given)
    await world.bob.click(rating.response, label="awe")
    assert texts.no_role() in text_of(rating)
    assert await world.labels(world.bob) == []
    assert texts.no_role() not in text_of(await world.alice.slash(world.channel, "feel", **given))


async def test_a_deck_and_its_cards(painters):
    world = painters
    for red in (1, 90, 200):
        await world.post(picture(red))
    assert text_of(await world.bob.slash(world.channel, "rate")) == texts.no_role()
    card = await world.alice.slash(world.channel, "rate")
    world.env.backend.remove_member_role(world.guild.id, world.alice.id, world.painters.id)
    await world.env.settle()
    pressed = await world.alice.click(card.response, label="awe")
    assert text_of(pressed) == texts.no_role()
    assert await world.labels(world.alice) == []


async def test_the_buttons_of_an_answer(painters):
    world = painters
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, ask_roles=frozenset()))
    card = await world.bob.slash(world.channel, "feel", image=("a.png", picture()))
    pressed = await world.bob.click(card.response, label="Right")
    assert texts.no_role() in text_of(pressed) + text_of(card)
    assert await world.labels(world.bob) == []


async def test_a_question_aloud_and_its_button(painters):
    world = painters
    shown, me = await world.post(), f"<@{world.app.client.user.id}>"
    await world.bob.send(world.channel, me, reply_to=shown)
    assert world.channel.last_message.author.id == world.bob.id, "nothing was said"
    await world.alice.send(world.channel, me, reply_to=shown)
    invitation = world.channel.last_message
    assert invitation.author.id == world.app.client.user.id
    assert text_of(await world.bob.click(invitation, label=buttons.show_me())) == texts.no_role()
    assert text_of(await world.alice.click(invitation, label=buttons.show_me())) != texts.no_role()


async def test_what_is_ones_own_is_read_and_taken_back_without_the_role(painters):
    world = painters
    message = await world.post()
    rating = await world.alice.context_menu(world.channel, "Rate this image", message)
    for emotion in ("awe", "fear"):
        await world.alice.click(rating.response, label=emotion)
    world.env.backend.remove_member_role(world.guild.id, world.alice.id, world.painters.id)
    await world.env.settle()
    again = await world.alice.context_menu(world.channel, "Rate this image", message)
    await world.alice.click(again.response, label="fear")
    assert await world.labels(world.alice) == [{"awe"}]
    for command in ("progress", "me", "export", "privacy"):
        assert texts.no_role() not in text_of(await world.alice.slash(world.channel, command))


async def test_elsewhere_it_holds_for_nobody_and_here_it_is_said_in_german(painters):
    world = painters
    other = world.env.create_guild("Other")
    room = other.create_text_channel("pictures")
    bob = other.add_member(world.bob.user)
    await world.env.settle()
    given = {"image": ("a.png", picture())}
    assert texts.no_role() not in text_of(await bob.slash(room, "feel", **given))
    with in_language(world.env, "de"):
        assert text_of(await world.bob.slash(world.channel, "feel", **given)) == german(texts.no_role)


async def test_who_may_not_label_is_offered_no_form_and_who_may_labels_their_own_pictures(painters):
    world = painters
    refused = await world.bob.slash(world.channel, "rate")
    assert text_of(refused) == texts.no_role()
    assert labels_on(refused) == []
    card = await hand_in(world, [("mine.png", picture(90))], who=world.alice)
    await world.alice.click(card.response, label="awe")
    assert await world.labels(world.alice) == [{"awe"}]
