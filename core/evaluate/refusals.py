"""Why a dataset or a plan cannot be evaluated, as reasons with their details; `bot.words` says them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.vocabulary.errors import FeelprintError, ImageError, LabelSetError


class RowProblem(StrEnum):
    """Why a row of the table is not used."""

    EMPTY = "empty"
    """Nothing stands in the columns `names`, and it must."""
    OUTSIDE = "outside"
    """The image's name, `value`, leads out of the folder of images."""
    NO_IMAGE = "no_image"
    """There is no image file `value`."""
    EMOTION = "emotion"
    """The emotion `value` is not one of emotions.txt."""
    SPLIT = "split"
    """`value` is neither train nor test."""
    WEIGHT = "weight"
    """`value` is not a positive number."""
    SCORE = "score"
    """`value` is not a number."""
    TIME = "time"
    """`value` is neither a number nor a date."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, and why. `line` counts from 1, the header included."""

    line: int
    reason: RowProblem
    value: str = ""
    names: tuple[str, ...] = ()


class DatasetProblem(StrEnum):
    """Why a dataset cannot be evaluated as was asked."""

    NO_TABLE = "no_table"
    """There is no `table` in `folder`."""
    NO_IMAGES = "no_images"
    """There is no folder `images` in `folder`."""
    NOT_A_TABLE = "not_a_table"
    """`table` is not CSV in UTF-8."""
    NO_COLUMN = "no_column"
    """`table` lacks the columns `names`."""
    BAD_ROW = "bad_row"
    """A row cannot be used, and none may be left out: `row`."""
    NO_ROW = "no_row"
    """Not one row can be used."""
    NO_LABEL_SET = "no_label_set"
    """Its emotions do not make a label set: `label_set` says why."""
    SIZES = "sizes"
    """The training sizes that were asked for are not whole numbers."""
    TOO_SMALL = "too_small"
    """A size or cap that was asked for is below 1."""
    TOO_FEW = "too_few"
    """Nobody has the `needed` labels to learn from and others to test on; the most is `most`."""
    NO_USER = "no_user"
    """There are no users `names` in it."""


class DatasetError(FeelprintError):
    """The dataset cannot be used."""

    exit_code = 6

    def __init__(
        self,
        reason: DatasetProblem,
        *,
        folder: str = "",
        table: str = "labels.csv",
        images: str = "images",
        names: Sequence[str] = (),
        row: BadRow | None = None,
        label_set: LabelSetError | None = None,
        needed: int = 0,
        most: int = 0,
    ) -> None:
        super().__init__(reason)
        self.needed, self.most = needed, most
        self.table, self.images = table, images
        self.folder, self.names, self.row, self.label_set = folder, tuple(names), row, label_set


class PlanProblem(StrEnum):
    """Why a plan cannot be made."""

    NO_METHOD = "no_method"
    """There are no methods `names`; those that there are: `known`."""
    NOT_INSTALLED = "not_installed"
    """The packages of the methods `names` are not installed."""
    ONLY_LIVED = "only_lived"
    """The methods `names` are there only in a replay."""


class PlanError(FeelprintError):
    """Something is asked for that no evaluation can do."""

    def __init__(self, reason: PlanProblem, *, names: Sequence[str] = (), known: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.names, self.known = tuple(names), tuple(known)


@dataclass(frozen=True, slots=True)
class UnusedImage:
    """An image file that could not be read, and cost itself alone."""

    name: str
    error: ImageError


@dataclass(frozen=True, slots=True)
class UnusedUser:
    """A user with too few labels for one training size."""

    user: str
    n_train: int
    to_learn: int
    to_test: int
