"""The one door: whatever a person can do on Discord says here what it asks of them, and is asked here.

Where to put something new:
* a command or menu: `@asks(Who.MEMBER, Pace.COSTS)` under `@tree.command(...)`; the tree asks before it runs;
* buttons, selects, cards, forms: a class of `bot.discord_ui.views` with `needs=Needs(Who.MEMBER)`, asked at each
  press and at each submission, as what was so when they were shown may be so no longer;
* a gateway event: `@heard(Judge.INTAKE)`, which names the policy that decides about it.
Without a declaration a class cannot be made, a command not run and a client not started. What the answers are is
decided in `core.collecting`: `doors` for persons, `policy` for pictures, `allowance` for how often.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

import discord
import structlog
from discord import app_commands

from bot.app import App
from bot.discord_ui.replies import begin, defer
from bot.host.logs import follow
from bot.intake.dealer import Looker
from bot.intake.event_facts import roles_of
from bot.intake.shown_pictures import is_age_restricted
from core.collecting.doors import ADDS_NOTHING, Act, Needs, Pace, Person, Who, refused
from core.collecting.policy import Picture, Spot, Use, may_use, may_use_image
from core.collecting.refusals import Refusal
from core.vocabulary.consent import Standing
from core.vocabulary.emotions import LabelSet

log = structlog.get_logger(__name__)

F = TypeVar("F", bound=Callable[..., Any])


class Judge(StrEnum):
    """Who decides what becomes of a gateway event."""

    INTAKE = "intake"
    """`core.collecting.decide`, for the fact that the handler makes of it."""
    SEEDS = "seeds"
    """`core.collecting.policy`: `wants_seeds`, and `may_use` where the message asks about a picture."""
    NOBODY = "nobody"
    """It tells of no person and of no picture."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not; `seconds` until it may be tried again, where that is only a matter of time."""

    why: Refusal
    seconds: float = 0.0


def asks(who: Who, pace: Pace = Pace.FREE, *, invites: bool = False, act: Act | None = None) -> Callable[[F], F]:
    """Declare what a command asks of whoever uses it."""

    def declare(function: F) -> F:
        function.__needs__ = Needs(who, pace, invites, act)  # type: ignore[attr-defined]
        return function

    return declare


def heard(judge: Judge) -> Callable[[F], F]:
    """Declare who decides about an event that a handler hears.

    The intake hears none while another process has its place: it looks at what it missed, as after any absence.
    """

    def declare(function: F) -> F:
        @wraps(function)
        async def hear(client: Any, *told: Any) -> None:
            if not (judge is Judge.INTAKE and client.app.handover.waits):
                await function(client, *told)

        hear.__judge__ = judge  # type: ignore[attr-defined]
        return cast(F, hear)

    return declare


def needs_of(command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu) -> Needs | None:
    """What a command declared."""
    return getattr(command.callback, "__needs__", None)


def undeclared_commands(tree: app_commands.CommandTree[Any]) -> list[str]:
    """Commands and menus that do not say what they ask."""
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message, discord.AppCommandType.user)
    every = [command for kind in kinds for command in tree.walk_commands(type=kind)]
    return [c.qualified_name for c in every if not isinstance(c, app_commands.Group) and needs_of(c) is None]


def handlers_of(client: type[discord.Client]) -> dict[str, Judge | None]:
    """Our own event handlers by name, and who decides about each."""
    return {
        name: getattr(handler, "__judge__", None)
        for kind in client.__mro__
        if not kind.__module__.startswith("discord.")
        for name, handler in vars(kind).items()
        if name.startswith("on_") and callable(handler)
    }


async def refusal_of(
    interaction: discord.Interaction[Any], needs: Needs, *, owner: int | None = None
) -> Refused | None:
    """Why this person may not do what they are about to; None: they may, and it is counted.

    Whoever does not seem to have joined is looked up before they are refused, as they may have joined elsewhere.
    """
    app: App = interaction.client.app
    follow()
    begin(interaction)
    log.debug("interaction", kind=interaction.type.name)
    app.voices.answer(str(interaction.locale))
    if app.unanswered.closing:
        return Refused(Refusal.LEAVING)
    user_id = interaction.user.id
    person = Person(
        app.roster.standing(user_id),
        in_server=interaction.guild_id is not None,
        manages=interaction.permissions.manage_guild,
        owns=owner in (None, user_id),
        roles=roles_of(interaction.user),
    )
    place = app.roster.place(interaction.guild_id)
    why = refused(needs, person, place)
    if why in ADDS_NOTHING.values():
        if interaction.type is discord.InteractionType.application_command:
            await defer(interaction)  # the database may take longer than Discord's three seconds
        person = replace(person, standing=await app.roster.standing_stored(user_id))
        why = refused(needs, person, place)
    if person.standing is not Standing.ABSENT:
        app.voices.heard(user_id, str(interaction.locale))
    if why is not None:
        return Refused(why)
    seconds = app.allowance.take(user_id) if needs.pace is Pace.COSTS else 0.0
    return Refused(Refusal.TOO_OFTEN, seconds) if seconds else None


def picture_refused(
    app: App,
    interaction: discord.Interaction[Any],
    picture: Picture,
    message: discord.Message | None,
    image_hash: str | None = None,
) -> Refusal | None:
    """Why a picture that somebody asks about or rates may not be used where they do; None: it may.

    `message` shows it; None: it was given with a command. `image_hash` is asked too, once it is known.
    """
    place, said = app.roster.place(interaction.guild_id), app.roster.exclusions
    spot = _spot(app, interaction, message)
    if image_hash is not None and (why := may_use_image(image_hash, spot, said)):
        return why
    return may_use(picture, spot, place, Use.REQUEST, said)


def looker(interaction: discord.Interaction[Any], app: App) -> Looker | None:
    """Who looks, and where; None outside of servers."""
    place = app.roster.place(interaction.guild_id)
    if place is None or not isinstance(interaction.user, discord.Member):
        return None
    here = (interaction.channel, app.client.get_channel(interaction.channel_id or 0))
    return Looker(interaction.user, place, own_label_set(interaction, app), nsfw=any(map(is_age_restricted, here)))


def own_label_set(interaction: discord.Interaction[Any], app: App) -> LabelSet:
    """The emotions that hold here, for the mood of whoever asks that is active now."""
    return app.roster.label_set(interaction.guild_id, interaction.user.id)


def _spot(app: App, interaction: discord.Interaction[Any], message: discord.Message | None) -> Spot:
    channel_id = interaction.channel_id or 0
    known = (interaction.channel, app.client.get_channel(channel_id))  # Discord need not say it with the first
    return Spot(
        interaction.guild_id,
        channel_id,
        nsfw=any(map(is_age_restricted, known)),
        message_id=message.id if message else None,
        author_id=message.author.id if message else None,
    )
