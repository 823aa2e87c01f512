"""May this person do this? What commands, buttons, menus and forms ask, and the one answer to it.

Whatever a person can do on Discord declares its `Needs`; `refused` judges them by what is known of whoever
asks. It is pure: `bot.discord_ui.doors` finds out how somebody stands, and says what is answered here.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.collecting.refusals import Refusal
from core.vocabulary.consent import Standing
from core.vocabulary.server_settings import ServerSettings


class Who(StrEnum):
    """Who may."""

    ANYBODY = "anybody"
    """Whoever can see it."""
    MEMBER = "member"
    """Whoever has something here, paused or not: to read it, to take it back."""
    JOINED = "joined"
    """Members of whom new things may be kept now."""
    MANAGER = "manager"
    """People who may manage this server, as Discord says with the very interaction."""


class Pace(StrEnum):
    """How often."""

    FREE = "free"
    """As often as they like: no model is asked, and little is downloaded: the next card of a deck."""
    COSTS = "costs"
    """Out of a person's allowance: a picture is downloaded, or a model asked."""


class Act(StrEnum):
    """What a server may leave to some roles. Reading what is one's own, and taking it back, is none of it."""

    LABEL = "label"
    """To say what one feels, by whatever way."""
    ASK = "ask"
    """To ask about a picture."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What something asks of whoever does it. `invites`: who has not joined is offered to."""

    who: Who
    pace: Pace = Pace.FREE
    invites: bool = False
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of whoever asks. `owns`: the buttons are theirs, or nobody's; `roles`: theirs in the server in
    which they ask.
    """

    standing: Standing
    in_server: bool
    manages: bool
    owns: bool = True
    roles: frozenset[int] = frozenset()


ADDS_NOTHING = {
    Standing.ABSENT: Refusal.NOT_JOINED,
    Standing.PAUSED: Refusal.PAUSED,
    Standing.LAPSED: Refusal.LAPSED,
}
"""Why nothing new is kept of somebody who stands so."""


def lacks_role(act: Act, place: ServerSettings | None, roles: frozenset[int]) -> bool:
    """Whether a server leaves that to roles of which somebody has none."""
    allowed = frozenset[int]() if place is None else place.label_roles if act is Act.LABEL else place.ask_roles
    return bool(allowed) and allowed.isdisjoint(roles)


def refused(needs: Needs, person: Person, place: ServerSettings | None = None) -> Refusal | None:
    """Why a person may not do something; None: they may. Their allowance is asked last, by who keeps it."""
    if not person.owns:
        return Refusal.NOT_YOURS
    if (why := _stands(needs, person)) is not None:
        return why
    return Refusal.NO_ROLE if needs.act and lacks_role(needs.act, place, person.roles) else None


def _stands(needs: Needs, person: Person) -> Refusal | None:
    match needs.who:
        case Who.ANYBODY:
            return None
        case Who.MANAGER if not person.in_server:
            return Refusal.NOT_IN_A_SERVER
        case Who.MANAGER:
            return None if person.manages else Refusal.NOT_A_MANAGER
        case Who.MEMBER:
            return Refusal.NOT_JOINED if person.standing is Standing.ABSENT else None
        case Who.JOINED:
            return ADDS_NOTHING.get(person.standing)
