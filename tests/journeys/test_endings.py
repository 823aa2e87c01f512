"""Whatever fails on the way, whoever asked gets an answer or a sentence, and nothing is left thinking."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot.discord_ui import sending
from bot.discord_ui.commands.joining import JOIN_BUTTON
from bot.outgoing.unanswered import Unanswered
from bot.words import texts
from core.collecting.allowance import Allowance
from tests.effort import TIMES
from tests.journeys.conftest import deploy, picture, text_of
from tests.journeys.faults import KINDS, wire
from tests.journeys.test_setup import _field, _fields

SNOW = "When a picture shows snow, this person tends to feel awe."
Act = Callable[[], Awaitable[Any]]
Way = Callable[[SimpleNamespace], Awaitable[Act]]
WAYS: dict[str, Way] = {}


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Waits between tries in thousandths of what they are."""
    monkeypatch.setattr(sending, "_FIRST_WAIT_S", 0.001)


def way(name: str) -> Callable[[Way], Way]:
    """Name a way of asking: it prepares, and returns what is then done once."""

    def keep(prepare: Way) -> Way:
        WAYS[name] = prepare
        return prepare

    return keep


def _command(name: str, *, member: bool = False, **options: Any) -> None:
    async def prepare(world: SimpleNamespace) -> Act:
        if member:
            await world.join(world.bob)
            if await world.app.storage.versions.active(_key(world)) is None:
                await deploy(world.app, world.bob.id, SNOW)
        return lambda: world.bob.slash(world.channel, name, **options)

    WAYS[f"/{name}{' of a member' if member else ''}"] = prepare


def _key(world):
    from core.vocabulary.profile import ProfileKey

    return ProfileKey(world.bob.id, world.app.default_label_set.id)


for _name in ("join", "privacy", "forget", "progress", "export"):
    _command(_name)
_command("feel", image=("a.png", picture()))
_command("rate", image=("a.png", picture()), member=True)
for _name in ("pause", "feelprint show", "feelprint why", "progress", "export"):
    _command(_name, member=True)


def _menu(name: str) -> None:
    async def prepare(world: SimpleNamespace) -> Act:
        await world.join(world.bob)
        message = await world.post()
        return lambda: world.bob.context_menu(world.channel, name, message)

    WAYS[name] = prepare


_menu("How would I feel?")
_menu("Rate this image")


@way("erase everything")
async def _erase(world):
    await world.join(world.bob)
    asked = await world.bob.slash(world.channel, "forget")
    return lambda: world.bob.click(asked.response, label="Erase everything")


@way("count the past")
async def _count(world):
    await world.app.forget(world.bob.id)
    asked = await world.bob.slash(world.channel, "join")
    return lambda: world.bob.click(asked.response, label="No, start fresh")


@way("rate by button")
async def _rate(world):
    await world.join(world.bob)
    asked = await world.bob.context_menu(world.channel, "Rate this image", await world.post())
    return lambda: world.bob.click(asked.response, label="awe")


@way("pick one of several")
async def _pick(world):
    files = [("a.png", picture(1)), ("b.png", picture(250))]
    message = await world.alice.send(world.channel, attachments=files)
    asked = await world.bob.context_menu(world.channel, "How would I feel?", message)
    return lambda: world.bob.select(asked.response, ["1"])


@way("pick one of several to rate")
async def _pick_to_rate(world):
    await world.join(world.bob)
    files = [("a.png", picture(1)), ("b.png", picture(250))]
    message = await world.alice.send(world.channel, attachments=files)
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    return lambda: world.bob.select(asked.response, ["1"])


@way("how it was found")
async def _found(world):
    act = await WAYS["/feelprint show of a member"](world)
    shown = await act()
    return lambda: world.bob.click(shown.response, label="How was this found?")


@way("join by the panel")
async def _panel(world):
    panel = await world.steward.slash(world.channel, "setup")
    await world.steward.click(panel.response, label="Post the invitation here")
    invitation = world.channel.last_message
    return lambda: world.bob.click(invitation, custom_id=JOIN_BUTTON)


@way("join by the sentence")
async def _sentence(world):
    await world.app.forget(world.bob.id)
    asked = await world.bob.slash(world.channel, "rate", image=("a.png", picture()))
    return lambda: world.bob.click(asked.response, label="Join")


@way("setup")
async def _setup(world):
    return lambda: world.steward.slash(world.channel, "setup")


def _setup_button(label: str) -> None:
    @way(f"setup: {label}")
    async def prepare(world):
        panel = await world.steward.slash(world.channel, "setup")
        return lambda: world.steward.click(panel.response, label=label)


for _label in ("Spoilers on/off", "Emotions", "Thresholds", "Budget", "Post the invitation here"):
    _setup_button(_label)


@way("setup: channels")
async def _channels(world):
    panel = await world.steward.slash(world.channel, "setup")
    return lambda: world.steward.select(panel.response, [world.channel])


@way("setup: thresholds submitted")
async def _thresholds(world):
    panel = await world.steward.slash(world.channel, "setup")
    form = await world.steward.click(panel.response, label="Thresholds")
    one, other = _fields(form.modal["components"])
    return lambda: world.steward.submit_modal(form, {one: "20", other: "2"})


@way("setup: a form filled in wrongly")
async def _wrong(world):
    panel = await world.steward.slash(world.channel, "setup")
    form = await world.steward.click(panel.response, label="Emotions")
    return lambda: world.steward.submit_modal(form, {_field(form.modal["components"]): "calm a\nwild b"})


def _thinking(world) -> list[int]:
    return [record.id for record in world.env.backend.interactions.values() if record.loading]


@pytest.mark.parametrize("name", WAYS)
async def test_whichever_request_fails_once_there_is_an_answer_in_the_end(world, name):
    world.app.allowance = Allowance(10_000, world.app.clock)
    act = await WAYS[name](world)
    with wire() as well:
        await act()
    assert well.answers
    step = len(KINDS) if TIMES == 1 else 1  # one kind, by turns of request and way; CI tries each
    for number in range(1, len(well.sent) + 1):
        for kind in KINDS[(number + len(name)) % step :: step]:
            act = await WAYS[name](world)
            with wire(kind, number, number) as laid:
                await act()
                await world.env.settle()
            told = f"{kind} at request {number} of {well.sent}: {laid.sent}"
            assert laid.answers, told
            assert not _thinking(world), told
            assert not len(world.app.unanswered), told
    world.env._errors_acknowledged = world.env.error_cursor


@pytest.mark.parametrize("name", WAYS)
async def test_an_answer_that_may_not_be_edited_in_is_given_beside(world, name):
    act = await WAYS[name](world)
    with wire(refuse="PATCH /webhooks") as laid:
        await act()
    assert laid.answers
    assert not _thinking(world)


async def test_a_form_whose_showing_was_cut_can_be_sent_all_the_same(world):
    panel = await world.steward.slash(world.channel, "setup")
    with wire("cut after", 1, 1):
        form = await world.steward.click(panel.response, label="Thresholds")
    one, other = _fields(form.modal["components"])
    await world.steward.submit_modal(form, {one: "21", other: "2"})
    assert (await world.app.storage.servers.settings(world.guild.id)).min_labels == 21


@pytest.mark.parametrize("fault", [{"refuse": "/callback"}, {"lose": "/callback"}])
async def test_a_press_that_discord_did_not_hear_erases_nothing_and_can_be_repeated(world, fault):
    act = await WAYS["erase everything"](world)
    with wire(**fault):
        await act()
    assert world.app.roster.joined(world.bob.id)
    with wire() as laid:
        await act()
    assert laid.answers
    assert not world.app.roster.joined(world.bob.id)
    world.env._errors_acknowledged = world.env.error_cursor


async def test_erasing_is_told_even_where_the_question_cannot_be_replaced(world):
    act = await WAYS["erase everything"](world)
    with wire(refuse="PATCH /webhooks"):
        said = text_of((await act()).followups[-1])
    assert said == texts.forgotten(0)


async def test_a_bot_that_leaves_tells_whoever_still_waits(world, monkeypatch):
    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(world.app.predictor, "predict", never)
    asked = asyncio.create_task(world.bob.slash(world.channel, "feel", image=("a.png", picture())))
    while not len(world.app.unanswered):  # noqa: ASYNC110 - of the simulated Discord
        await asyncio.sleep(0.01)
    await world.app.unanswered.close(0.05, 1.5)
    assert text_of(await asked) == texts.leaving()
    assert not _thinking(world)


async def test_a_bot_that_leaves_tells_whoever_still_waits_at_the_door(world, monkeypatch):
    """The press is not acknowledged yet, as the database is asked first."""
    asked = asyncio.Event()

    async def never(*_):
        asked.set()
        await asyncio.Event().wait()

    press = await WAYS["rate by button"](world)
    await world.app.forget(world.bob.id)
    monkeypatch.setattr(world.app.roster, "standing_stored", never)
    pressed = asyncio.create_task(press())
    await asked.wait()
    await world.app.unanswered.close(0.05, 1.5)
    assert text_of(await asyncio.wait_for(pressed, 60)) == texts.leaving()


async def test_whoever_was_heard_in_the_last_moment_is_told():
    """Their task has not begun yet when the bot leaves."""
    unanswered, told = Unanswered(), asyncio.Event()

    async def tell() -> None:
        told.set()

    async def work() -> None:
        unanswered.began(tell)
        await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await unanswered.close(0.01, 0.5)
    assert working.done()
    assert told.is_set()


async def test_whoever_comes_while_the_bot_leaves_is_told_so(world):
    await world.app.unanswered.close(0.0, 0.0)
    for command in ("join", "progress"):
        assert text_of(await world.bob.slash(world.channel, command)) == texts.leaving()
    assert not world.app.roster.joined(world.bob.id)


async def test_an_answer_that_comes_in_time_is_given_before_the_bot_leaves(world):
    asked = asyncio.create_task(world.bob.slash(world.channel, "feel", image=("a.png", picture())))
    while not len(world.app.unanswered):  # noqa: ASYNC110 - of the simulated Discord
        await asyncio.sleep(0.01)
    await world.app.unanswered.close(20.0, 1.5)
    assert "no feelprint yet" in text_of(await asked)


@pytest.mark.parametrize("since", ["a restart", "too long ago"])
async def test_buttons_that_nobody_hears_any_more_say_so_and_do_nothing(world, since):
    await world.join(world.bob)
    asked = await world.bob.slash(world.channel, "forget")
    form = await world.steward.click(
        (await world.steward.slash(world.channel, "setup")).response, label="Thresholds"
    )
    if since == "a restart":
        world.app.client = type(world.app.client)(world.app, message_content=True)
        await world.env.restart_bot(world.app.client)
    else:
        store = world.app.client._connection._view_store
        for view in [item.view for items in store._views.values() for item in items.values() if item.view.timeout]:
            view._dispatch_timeout()
        for shown in list(store._modals.values()):
            shown._dispatch_timeout()
        await world.env.settle()
    pressed = await world.bob.click(asked.response, label="Erase everything")
    assert text_of(pressed) == texts.no_longer_heard()
    one, other = _fields(form.modal["components"])
    sent = await world.steward.submit_modal(form, {one: "21", other: "2"})
    assert text_of(sent) == texts.no_longer_heard()
    assert world.app.roster.joined(world.bob.id)
    assert not _thinking(world)
