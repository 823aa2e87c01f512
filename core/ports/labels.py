"""Reactions, ratings, sightings, images, and the labels derived from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.vocabulary.changes import Change, Sighting
from core.vocabulary.emotions import LabelSet
from core.vocabulary.images import Image
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a member stands with one label set, kept up to date in the transaction that changes labels.

    `counts` is labels per emotion (a label with two emotions counts for both); `min_labels` and
    `min_emotions` are the thresholds of the server in which they last labelled; `server_id` is that server.
    `lasting`: how many labels the last run learnt from, or, where taste has been seen to change since, how many
    still count.
    """

    key: ProfileKey
    labels: int
    counts: Mapping[str, int]
    last_label_at: int
    labels_at_run: int
    min_labels: int
    min_emotions: int
    retry_at: int = 0
    lasting: int = 0
    server_id: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Felt:
    """That a member said what they felt about an image with a label set, and when (ms since 1970)."""

    at: int
    label_set_id: str
    image_hash: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch of changes did: the profiles whose labels changed.

    `wanting`: records of which nothing was written, because their image is not stored (any more) and was
    not given: send them again with its bytes.
    `left`: channels and servers of which there was more than one transaction should drop: send them again, after
    whatever else there is.
    """

    touched: frozenset[ProfileKey]
    wanting: tuple[Change, ...] = ()
    left: tuple[Change, ...] = ()


class LabelStore(Protocol):
    """Reactions and ratings (facts), sightings, images, and the labels derived from them."""

    async def apply(self, changes: Sequence[Change]) -> Applied:
        """Commit changes in order, in one transaction; recompute labels and profiles of those touched.

        A record for a member who is not joined (or is paused), or on a message known to be deleted, is skipped; a
        rating that only takes emotions back from a stored label is not. So is a reaction found standing that is
        not known to have been made after their last no, and whatever is excluded. What was heard for a mood that
        has been erased since is not recorded, and known not to count. Images that no reaction and no rating needs
        any more are deleted, with answers about them. Repeating a batch changes nothing.

        A label is the union of the emotions of the member's live reactions on an image, in whatever
        message, and of their rating of it; a rating supersedes reactions that are not newer than it, and those
        found standing that are not known to be. A rating without emotions is kept where there was something to
        take back, and needs no image; the reactions that it takes back are deleted, and known not to count. A
        rating of a picture in a message goes with the message, its channel and its server, and when the message
        shows another one.
        When a server is left, what was seen there goes; ratings made elsewhere than in a message stay, without the
        server; once the bot is in it again nothing more of it goes. A large server or channel goes in pieces, its
        settings last; what is `left` is to be sent again.

        What is excluded is dropped, and does not count when that is taken back; a picture that stands in another
        message which is not excluded stays, with what was felt about it there. What a server no longer lets count
        is no part of a label until it does again.
        """
        ...

    async def tidy(self) -> None:
        """Forget messages and channels that have been gone for a week, though nothing else is written."""
        ...

    async def misjudged(self, server_id: int, *, limit: int) -> tuple[int, ...]:
        """Messages of a server whose picture counts although its settings do not let it (any more), or does not
        although they do. What is not known of a message speaks for it.
        """
        ...

    async def of_before(self, server_id: int, *, limit: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Messages of a server with reactions, and images with answers, that were felt with its emotions of before
        and live on with those of now, but have not been carried over.
        """
        ...

    async def hidden_by(self, settings: ServerSettings) -> int:
        """How many labels a server's settings would hide, if they were saved now: those that nothing else speaks
        for, or, where they have other emotions, those made there of which something does not live on. Hidden is
        not lost: they count again with the settings of before.
        """
        ...

    async def seen(self, message_id: int) -> tuple[Sighting, Image] | None:
        """Where a message's image is known from, with its bytes; None if no stored reaction is on it."""
        ...

    async def reactions_on(self, message_ids: Sequence[int]) -> frozenset[tuple[int, int, str, bool]]:
        """Stored reactions on messages, as (message, member, emoji, burst): catch-up compares with it."""
        ...

    async def labels(self, key: ProfileKey) -> tuple[Label, ...]:
        """A member's labels, oldest first by (at, image hash)."""
        ...

    async def label(self, key: ProfileKey, image_hash: str) -> Label | None:
        """A member's label of one image."""
        ...

    async def image(self, image_hash: str) -> Image | None:
        """An image's bytes, while a label needs it."""
        ...

    async def felt(self, member_id: int, image_hash: str | None = None) -> tuple[Felt, ...]:
        """All that is kept of what a member felt, with whatever emotions to choose from and in every mood, whether
        it counts now or not; oldest first. Of one image, if one is given.
        """
        ...

    async def profile(self, key: ProfileKey) -> Profile | None:
        """Where a member stands; None before the first label."""
        ...

    async def images_in(self, message_ids: Sequence[int]) -> Mapping[tuple[int, str], str]:
        """Which image each file of these messages is, as far as reactions or ratings of anybody tell: image hashes
        by (message, source).
        """
        ...

    async def label_set(self, label_set_id: str) -> LabelSet | None:
        """A label set that was used when labels were recorded or a server was set up; in a member's mood where the
        id says so.
        """
        ...
