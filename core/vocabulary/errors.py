"""What can go wrong and must be told to somebody: a reason with its details, and no sentence.

Everything that a member, an admin or a self-hoster may be told derives from `FeelprintError`. Which words it takes
is decided by `bot.words.problems`, so that it can be said in any language; `str(error)` is the reason's value, for
logs, and tells nothing personal. `exit_code` is what the command line ends with (documented in the README).
"""

from collections.abc import Sequence
from enum import StrEnum

from core.vocabulary.calls import Failure


class FeelprintError(Exception):
    """A problem that a person is told of; attributes beside `reason` are what its sentence needs.

    Details have defaults, because an error that crosses to another process is built from its reason first.
    """

    exit_code = 1

    def __init__(self, reason: StrEnum) -> None:
        super().__init__(reason)
        self.reason = reason


class ImageProblem(StrEnum):
    """Why a picture cannot be used."""

    EMPTY = "empty"
    """There is not one byte in it."""
    BROKEN = "broken"
    """A kind that we read, damaged or cut off."""
    TOO_LARGE = "too_large"
    """Too many pixels, or more memory than a worker may take."""
    UNSUPPORTED = "unsupported"
    """None of the kinds that we read; `kind` says which."""
    SLOW = "slow"
    """It wants more of the processor's time than a picture gets."""
    UNREADABLE = "unreadable"
    """The worker died of it, or answered nonsense."""
    CLOSING = "closing"
    """The workers are being stopped; nothing is wrong with the picture."""
    ELSEWHERE = "elsewhere"
    """Its address is not one of Discord's file hosts."""
    LATE = "late"
    """Discord did not hand it over in time."""
    NOT_FETCHED = "not_fetched"
    """Discord could not be reached for it, or refused."""
    GONE = "gone"
    """Discord has it no more."""
    TOO_BIG = "too_big"
    """More bytes than we download: `limit_mb`."""
    BUSY = "busy"
    """Too many pictures wait already, of this person or of all; or the machine had no time to read this one."""
    NO_FILE = "no_file"
    """A file on this machine that cannot be opened."""


class FileKind(StrEnum):
    """What a file is that we cannot read, as its first bytes say."""

    HEIC = "heic"
    """A photograph of a recent telephone."""
    AVIF = "avif"
    """A still picture of the AV1 codec."""
    VIDEO = "video"
    """MP4, WebM and their like."""
    RAW = "raw"
    """What a camera's sensor saw, not yet a picture."""
    JPEG_XL = "jpeg_xl"
    """A recent kind that few programs read."""
    JPEG_2000 = "jpeg_2000"
    """A kind of cinemas and archives."""
    PDF = "pdf"
    """A document."""
    TIFF = "tiff"
    """A picture for print or from a scanner."""
    BMP = "bmp"
    """A bitmap of Windows."""
    PHOTOSHOP = "photoshop"
    """Layers of Adobe Photoshop."""
    SVG = "svg"
    """A drawing without pixels."""
    OTHER = "other"
    """Anything else."""


class ImageError(FeelprintError):
    """A picture cannot be used."""

    def __init__(self, reason: ImageProblem, *, kind: FileKind = FileKind.OTHER, limit_mb: int = 0) -> None:
        super().__init__(reason)
        self.kind, self.limit_mb = kind, limit_mb


class LabelSetProblem(StrEnum):
    """Why emotions do not make a label set."""

    COUNT = "count"
    """Fewer than two, or more than any set has."""
    SERVER_COUNT = "server_count"
    """For a server, fewer than two, or more than Discord has room for: 24."""
    NOT_A_WORD = "not_a_word"
    """`names` that are not short plain words: they would end up in prompts."""
    SAME_EMOTION = "same_emotion"
    """One name twice."""
    SAME_EMOJI = "same_emoji"
    """One emoji for two emotions."""
    NOT_AN_EMOJI = "not_an_emoji"
    """What stands after a name on its line is no emoji."""
    UNKNOWN = "unknown"
    """Labels of a set that is stored nowhere."""


class LabelSetError(FeelprintError):
    """There is no such label set."""

    def __init__(self, reason: LabelSetProblem, *, names: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.names = tuple(names)


class StorageProblem(StrEnum):
    """Why the database cannot be used."""

    FULL = "full"
    """No room is left on its disk; what was stored is safe."""
    READ_ONLY = "read_only"
    """Its file or folder cannot be written."""
    LOCKED = "locked"
    """Another program holds it locked."""
    DAMAGED = "damaged"
    """The file is damaged, or no database."""
    RESTORABLE = "restorable"
    """The file is damaged, or no database, and `why` is the newest good copy of it."""
    DANGLING = "dangling"
    """Rows point to rows that are not there."""
    NOT_OPENED = "not_opened"
    """It is not there, or may not be read."""
    DISK = "disk"
    """The disk reports errors."""
    AWAY = "away"
    """The server does not answer, or is just starting or stopping."""
    SLOW = "slow"
    """A statement was not done within its deadline."""
    CROWDED = "crowded"
    """The server has no connection left for us."""
    EXHAUSTED = "exhausted"
    """The server has no memory, or another of its means, left."""
    FAULTY = "faulty"
    """The server reports a fault of its own; `kind` is its code."""
    SERVER_READ_ONLY = "server_read_only"
    """The server lets nothing be written: it is a standby, or told so."""
    NOT_LET_IN = "not_let_in"
    """The server knows neither the role nor its password, or does not let it in from here."""
    NO_DATABASE = "no_database"
    """The server has no database of that name, or does not open it."""
    RIGHTS = "rights"
    """The role lacks a right; `kind` is what it may not do, in SQL, where that is known."""
    ENCODING = "encoding"
    """The server's database does not hold UTF-8, but `kind`."""
    REFUSED = "refused"
    """It refused a request for a reason that is not foreseen; `kind` is its code, or the driver's name for it."""
    FOR_READING = "for_reading"
    """It was opened for reading only, by us."""
    CLOSED = "closed"
    """We have closed it; the program is ending."""
    NO_LOG = "no_log"
    """Its folder cannot hold SQLite's write-ahead log."""
    NOT_MADE = "not_made"
    """The file can be neither made nor opened; `why` is what the system says."""
    FOLDER = "folder"
    """The folder cannot be written; `why` is what the system says."""
    IN_USE = "in_use"
    """Another Feelprint has it open."""
    TWIN = "twin"
    """Another process runs the same bot on it."""
    NO_COPY = "no_copy"
    """The copy at `where` cannot be made; `why` is what the system says."""
    NOT_OURS_TO_COPY = "not_ours_to_copy"
    """A server's database is copied with the server's own tools; `kind` is how they are told which."""
    NO_SUCH_COPY = "no_such_copy"
    """There is no file at `where` to restore."""
    NO_GOOD_COPY = "no_good_copy"
    """What is at `where` is no copy that could be restored."""
    HALF_MOVED = "half_moved"
    """It is being filled by `feelprint move`, or that was stopped."""
    NOT_EMPTY = "not_empty"
    """What another is to be moved into holds something already, in the tables that `kind` names."""
    DIFFERS = "differs"
    """What was moved into it is not what the other holds."""
    OLDER = "older"
    """Its schema is older than this program's, and only looking was asked for."""
    NEWER = "newer"
    """A newer program made it; nothing was changed."""
    FOREIGN = "foreign"
    """It holds tables of something else."""
    ADDRESS = "address"
    """The address cannot be understood."""
    UNQUOTED = "unquoted"
    """The address holds a sign that must be written otherwise there, most likely in the password."""
    NOT_A_URL = "not_a_url"
    """It reads like an address of PostgreSQL, and is not written as one."""
    UNKNOWN_KIND = "unknown_kind"
    """The address means a database that we do not know: `kind`."""
    NO_FILE = "no_file"
    """The address of an SQLite database names no file."""


_PASSING = frozenset(
    {
        StorageProblem.FULL,
        StorageProblem.READ_ONLY,
        StorageProblem.LOCKED,
        StorageProblem.NOT_OPENED,
        StorageProblem.DISK,
        StorageProblem.AWAY,
        StorageProblem.SLOW,
        StorageProblem.CROWDED,
        StorageProblem.EXHAUSTED,
        StorageProblem.FAULTY,
        StorageProblem.SERVER_READ_ONLY,
        StorageProblem.NOT_LET_IN,
        StorageProblem.NO_DATABASE,
        StorageProblem.RIGHTS,
    }
)


class StorageError(FeelprintError):
    """The database cannot be opened or used. `where` is its address without a password."""

    exit_code = 4

    def __init__(self, reason: StorageProblem, *, where: str = "", why: str = "", kind: str = "") -> None:
        super().__init__(reason)
        self.where, self.why, self.kind = where, why, kind

    @property
    def passes(self) -> bool:
        """Whether the same request may be granted later, by itself or once somebody has mended what is wrong."""
        return self.reason in _PASSING


class ModelProblem(StrEnum):
    """Why the model cannot be used at all."""

    BLIND = "blind"
    """It answers in form, and does not see what is shown."""
    WRONG_KEY = "wrong_key"
    """The server does not accept the key."""
    NOT_AN_API = "not_an_api"
    """Something answers at the address, but not as a model's server does."""
    LATE = "late"
    """No answer within the deadline."""
    CAPPED = "capped"
    """Our own cap for the day is reached; nothing was sent."""
    NO_CREDIT = "no_credit"
    """The account at the provider, or a budget at a gateway, is used up."""
    NO_SUCH_MODEL = "no_such_model"
    """The server does not have a model of that name."""
    UNREACHABLE = "unreachable"
    """Nobody answers at the address."""
    TROUBLED = "troubled"
    """The server answers, with a fault of its own."""
    TOO_FAST = "too_fast"
    """It is asked more often than it allows."""
    REJECTED = "rejected"
    """The server does not take our requests."""
    TOO_LARGE = "too_large"
    """The server, or a proxy in front of it, takes no request as large as one picture."""
    UNWILLING = "unwilling"
    """It refuses to look at a plain picture."""
    ENDLESS = "endless"
    """It does not finish an answer of one word."""
    FORMLESS = "formless"
    """It does not answer in the form asked for."""
    NOT_STARTED = "not_started"
    """Our own offline model did not start."""
    INTERRUPTED = "interrupted"
    """It went away in the middle of an evaluation, as `failure` says; what it had answered is kept."""
    NO_ANSWERS = "no_answers"
    """Not one question was answered of `what` in an evaluation."""


class ModelError(FeelprintError):
    """The model cannot be used at all.

    `model` and `variable`: its name and the setting that chooses it; `url` and `host`: where it was asked;
    `seconds`: how long we waited; `said`: the server's own words, for a self-hoster to read;
    `what`: whose questions they were.
    """

    exit_code = 5

    def __init__(
        self,
        reason: ModelProblem,
        *,
        model: str = "",
        variable: str = "",
        url: str = "",
        host: str = "",
        seconds: float = 0.0,
        said: str = "",
        failure: Failure = Failure.UNAVAILABLE,
        what: str = "",
    ) -> None:
        super().__init__(reason)
        self.what = what
        self.model, self.variable = model, variable
        self.url, self.host, self.seconds = url, host, seconds
        self.said, self.failure = said, failure
