"""What can go wrong in the bot itself, beside what core and storage say: settings, Discord, the demo.

Reasons and details, like `core.vocabulary.errors`; the sentences are made in `bot.words.problems`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.vocabulary.errors import FeelprintError


class SettingsProblem(StrEnum):
    """Why the bot does not start with these settings."""

    NO_TOKEN = "no_token"  # noqa: S105 - the reason that there is none
    """DISCORD_TOKEN is not set."""
    UNREADABLE = "unreadable"
    """The file at `path` cannot be opened; `why` is what the system says."""
    NOT_TEXT = "not_text"
    """The file at `path` is not UTF-8."""
    WRONG = "wrong"
    """Settings that do not work, in `wrong`."""
    HEALTH = "health"
    """Nobody can listen at `path`, where health is to be told; `why` is what the system says."""
    NO_HEALTH = "no_health"
    """Health was asked for, and no setting says where it is told."""
    SHARDS = "shards"
    """`path` does not say which shards this process has."""
    NOT_SHARED = "not_shared"
    """Several processes were asked for, and the database is a file."""


class SettingFault(StrEnum):
    """What is wrong with one setting."""

    VALUE = "value"
    """It cannot have this value."""
    SECRET = "secret"  # noqa: S105
    """It cannot have its value, which must not be repeated."""
    CHARACTER = "character"
    """It holds a character that no request can carry, and must not be repeated."""
    UNKNOWN = "unknown"
    """There is no setting of this name."""
    MISSPELT = "misspelt"
    """There is none of this name, but one that reads much like it."""
    LINE = "line"
    """In the file of this name, the line of this number is no setting at all."""


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """One setting that does not work: its name in the environment, and its value or the name that was meant; of a
    line in a file the file's name, and its number.
    """

    name: str
    fault: SettingFault
    value: str = ""
    meant: str = ""


class SettingsError(FeelprintError):
    """A setting is missing or wrong; all that are wrong are told at once."""

    exit_code = 2

    def __init__(
        self, reason: SettingsProblem, *, path: str = "", why: str = "", wrong: Sequence[WrongSetting] = ()
    ) -> None:
        super().__init__(reason)
        self.path, self.why, self.wrong = path, why, tuple(wrong)


class DiscordProblem(StrEnum):
    """Why Discord does not let the bot in."""

    WRONG_TOKEN = "wrong_token"  # noqa: S105
    """Discord does not accept the token."""
    FORBIDDEN = "forbidden"
    """Discord refuses a request that every start makes, with `code`."""
    SHARDS = "shards"
    """Discord does not take so many shards, or this one of them; it says so by `code`."""
    CLOSED = "closed"
    """Discord closed the connection for good, with `code`."""


class Absence(StrEnum):
    """What Discord is, where it neither lets the bot in nor refuses it."""

    UNREACHABLE = "unreachable"
    """It does not answer."""


class DiscordAway(FeelprintError):
    """Discord cannot be reached; it may come back."""

    def __init__(self, reason: Absence = Absence.UNREACHABLE) -> None:
        super().__init__(reason)


class DiscordRefused(FeelprintError):
    """Discord does not let the bot in (token, intents); starting again will not help."""

    exit_code = 3

    def __init__(self, reason: DiscordProblem, *, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code


class LookupProblem(StrEnum):
    """Why there is nothing to show about a member."""

    NO_RUN = "no_run"
    """No tuning run is stored."""
    NOBODY = "nobody"
    """Nothing at all is."""


class NothingStored(FeelprintError):
    """What was asked for on the command line is not there."""

    def __init__(self, reason: LookupProblem) -> None:
        super().__init__(reason)


class DemoProblem(StrEnum):
    """Why the demo cannot be played to its end."""

    NO_EXTRA = "no_extra"
    """The simulated Discord is not installed."""
    NO_SETUP = "no_setup"
    """The bot did not answer /setup."""
    NO_INVITATION = "no_invitation"
    """The bot did not post its invitation."""
    SLOW = "slow"
    """Tuning took longer than a demo may."""
    NO_ANSWER = "no_answer"
    """The model stopped answering."""
    NO_REPORT = "no_report"
    """The folder `path` cannot be written; `why` is what the system says."""
    PORT = "port"
    """`port` is taken or forbidden."""


class DemoError(FeelprintError):
    """The demo cannot go on."""

    def __init__(self, reason: DemoProblem, *, path: str = "", why: str = "", port: int = 0) -> None:
        super().__init__(reason)
        self.path, self.why, self.port = path, why, port


class ResearchProblem(StrEnum):
    """Why no file for research is written."""

    TOO_FEW = "too_few"
    """Too few members said yes."""
    NO_FILE = "no_file"
    """A new file at `path` cannot be written; `why` is what the system says."""


class ResearchError(FeelprintError):
    """No file for research is written."""

    def __init__(self, reason: ResearchProblem, *, path: str = "", why: str = "") -> None:
        super().__init__(reason)
        self.path, self.why = path, why
