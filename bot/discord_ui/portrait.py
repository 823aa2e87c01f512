"""The member's own pictures on their cards: those where a rule holds, those that came later.

They are pictures that the member labelled, and of these only such as they may see where they ask, found in the
album by the same policy as a deck's. They go along with the card, as Discord's addresses run out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.doors import looker
from bot.discord_ui.replies import DESCRIPTION, Upload
from core.predicting.shown import RuleShown
from core.vocabulary.emotions import LabelSet
from core.vocabulary.images import reference_of
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey

MOST = 10
"""Discord takes no more files with one message."""

_EACH = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on a card: its file, what it shows in words, and whether it is a spoiler."""

    upload: Upload
    caption: str
    spoiler: bool

    @property
    def address(self) -> str:
        """What a card calls it."""
        return f"attachment://{self.upload.name}"

    def described(self, otherwise: str) -> dict[str, Any]:
        """It as Discord takes it, described by `otherwise` where nothing is known of it."""
        return {
            "media": self.address,
            "description": (self.caption or otherwise)[:DESCRIPTION],
            "spoiler": self.spoiler,
        }


async def shown_of(
    interaction: discord.Interaction[Any], app: App, label_set: LabelSet, hashes: Sequence[str], most: int = MOST
) -> Mapping[str, Shown]:
    """The first `most` of the images that may be shown to whoever asks, where they ask. Raises StorageError."""
    who = looker(interaction, app)
    if who is None or not hashes:
        return {}
    here = await app.dealer.shown_here(who, {reference_of(one) for one in hashes}, min(most, MOST))
    chosen = [one for one in hashes if one in here][:most]
    known = await app.knowledge.of(ProfileKey(who.member.id, label_set.id), label_set, chosen)
    found = {}
    for image_hash in chosen:
        if image := await app.storage.labels.image(image_hash):
            upload = Upload(f"{reference_of(image_hash)}.jpg", image.jpeg)
            found[image_hash] = Shown(upload, known[image_hash].caption, here[image_hash][1].spoiler)
    return found


async def where_held(
    interaction: discord.Interaction[Any], app: App, label_set: LabelSet, rules: Sequence[RuleShown]
) -> list[list[Shown]]:
    """For each rule the pictures to show: those that were felt so before others, newest first, none twice."""
    mine = await app.storage.labels.labels(ProfileKey(interaction.user.id, label_set.id))
    each = min(_EACH, MOST // max(1, len(rules)))
    left = [_in_order(rule, mine) for rule in rules]
    every = list(dict.fromkeys(image for images in left for image in images))
    found = await shown_of(interaction, app, label_set, every, len(every))
    taken: set[str] = set()
    chosen: list[list[Shown]] = []
    for images in left:
        some = [image for image in images if image in found and image not in taken][:each]
        taken.update(some)
        chosen.append([found[image] for image in some])
    return chosen


def _in_order(rule: RuleShown, labels: Sequence[Label]) -> list[str]:
    held = [label for label in labels if reference_of(label.image_hash) in rule.held_on]
    held.sort(key=lambda label: (rule.rule.feel not in label.felt, -label.at))
    return [label.image_hash for label in held][: 3 * _EACH]
