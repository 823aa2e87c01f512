"""May this person do this? What commands, buttons, menus and forms ask, and the one answer to it.

Whatever a person can do on Discord declares its `Needs`; `refused` judges them by what is known of whoever
asks. It is pure: `bot.discord_ui.doors` finds out how somebody stands, and says what is answered here.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.collecting.refusals import Refusal
from core.vocabulary.consent import Standing


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


@dataclass(frozen=True, slots=True)
class Needs:
    """What something asks of whoever does it. `invites`: who has not joined is offered to."""

    who: Who
    pace: Pace = Pace.FREE
    invites: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of whoever asks. `owns`: the buttons are theirs, or nobody's."""

    standing: Standing
    in_server: bool
    manages: bool
    owns: bool = True


ADDS_NOTHING = {
    Standing.ABSENT: Refusal.NOT_JOINED,
    Standing.PAUSED: Refusal.PAUSED,
    Standing.LAPSED: Refusal.LAPSED,
}
"""Why nothing new is kept of somebody who stands so."""


def refused(needs: Needs, person: Person) -> Refusal | None:
    """Why a person may not do something; None: they may. Their allowance is asked last, by who keeps it."""
    if not person.owns:
        return Refusal.NOT_YOURS
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
