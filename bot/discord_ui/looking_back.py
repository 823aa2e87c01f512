"""What a feelprint was before and how it did: versions with the way back to one, and both guesses side by side."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.commands.feel import Card
from bot.discord_ui.portrait import shown_of
from bot.discord_ui.progress import elsewhere
from bot.discord_ui.replies import say
from bot.discord_ui.views import Choice, OwnLayout
from bot.words import buttons
from bot.words import editing as told
from bot.words import portrait as words
from bot.words.several_moods import told_in_mood
from core.collecting.doors import Needs, Who
from core.ports import Shadow
from core.tending.by_hand import Outcome
from core.tuning.watch import newest
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleReason

_VERSIONS = 8
_PICTURES = 6


class VersionsCard(Card, needs=Needs(Who.MEMBER)):
    """All versions, and a menu of those that may come back."""

    def __init__(self, app: App, key: ProfileKey, blocks: list[str], back: list[Feelprint]) -> None:
        super().__init__(key.member_id, blocks)
        self._app, self._key = app, key
        if back:
            self.menu: discord.ui.Select[Any] = discord.ui.Select(
                placeholder=buttons.which_version(),
                options=[
                    discord.SelectOption(label=buttons.go_back_to(one.version), value=str(one.version))
                    for one in reversed(back)
                ],
            )
            self.menu.callback = self._picked  # type: ignore[method-assign]
            self.frame.add_item(discord.ui.ActionRow(self.menu))

    async def _picked(self, interaction: discord.Interaction[Any]) -> None:
        version = int(self.menu.values[0])
        await say(interaction, words.go_back_sure(version), view=GoBackSure(self._app, self._key, version))


class GoBackSure(Choice, needs=Needs(Who.MEMBER)):
    """Asks before an earlier version comes back into use."""

    def __init__(self, app: App, key: ProfileKey, version: int) -> None:
        super().__init__(key.member_id, buttons.use_it_again(), buttons.leave_it())
        self._app, self._key, self._version = app, key, version

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Go back, or don't."""
        if not agreed:
            return words.stays()
        change = self._app.by_hand.go_back(self._key, self._version)
        outcome = await self._app.change_by_hand(self._key.member_id, change)
        return words.went_back(self._version) if outcome is Outcome.DONE else told.written(outcome)


async def show_versions(interaction: discord.Interaction[Any], app: App, label_set: LabelSet) -> None:
    """Tell a deferred asker what each version said and how it did."""
    stored, key = app.storage, ProfileKey(interaction.user.id, label_set.id)
    versions = (await stored.versions.all(key))[-_VERSIONS:]
    if not versions:
        note = await elsewhere(app, interaction.user.id, label_set)
        await say(interaction, f"{words.no_versions()}\n{note}".strip())
        return
    active = await stored.versions.active(key)
    struck = {r.rule.id for r in await stored.runs.rules(key) if r.reason is RuleReason.STRUCK}
    right, of = Counter[int](), Counter[int]()
    for shadow in await stored.shadows.all(key):
        of[shadow.version] += 1
        right[shadow.version] += shadow.hit > 0
    tallies = {version: (right[version], of[version]) for version in of}
    back = [v for v in versions if v != active and not struck & {rule.id for rule in v.rules}]
    head, *rest = words.versions(versions, tallies)
    blocks = [told_in_mood(head, label_set), *rest]
    await say(interaction, view=VersionsCard(app, key, blocks, back))


class SideBySide(OwnLayout, needs=Needs(Who.MEMBER)):
    """The last pictures, what was felt about each, and both guesses."""

    def __init__(self, owner: int, title: str, rows: list[discord.ui.Item[Any]]) -> None:
        super().__init__(owner)
        frame: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.teal())
        frame.add_item(discord.ui.TextDisplay(title))
        for row in rows:
            frame.add_item(row)
        self.add_item(frame)


async def compare(interaction: discord.Interaction[Any], app: App, label_set: LabelSet) -> None:
    """Show a deferred asker what most people would feel and what was guessed for them, on their last pictures."""
    rows = (await tested(app, ProfileKey(interaction.user.id, label_set.id)))[:_PICTURES]
    if not rows:
        await say(interaction, words.nothing_to_compare())
        return
    right = sum(row.hit > 0 for row in rows), sum(row.generic_hit > 0 for row in rows)
    await side_by_side(interaction, app, label_set, rows, words.compared(len(rows), *right))


async def tested(app: App, key: ProfileKey) -> list[Shadow]:
    """The guesses about pictures that came later and are labelled now, each picture once, newest first."""
    labelled = {label.image_hash for label in await app.storage.labels.labels(key)}
    rows = [row for row in newest(await app.storage.shadows.all(key)) if row.image_hash in labelled]
    return rows[::-1]


async def side_by_side(
    interaction: discord.Interaction[Any], app: App, label_set: LabelSet, rows: Sequence[Shadow], title: str
) -> None:
    """Answer with these guesses: picture, what was felt, what each guess said."""
    key = ProfileKey(interaction.user.id, label_set.id)
    labels = {label.image_hash: label for label in await app.storage.labels.labels(key)}
    hashes = [row.image_hash for row in rows]
    shown = await shown_of(interaction, app, label_set, hashes)
    known = await app.knowledge.of(key, label_set, hashes)
    parts: list[discord.ui.Item[Any]] = []
    for row in rows:
        generic = known[row.image_hash].generic
        felt = [name for name in label_set.names if name in labels[row.image_hash].felt]
        mine = (label_set.top(row.distribution), row.hit > 0)
        most = (label_set.top(generic) if generic else "", row.generic_hit > 0)
        text = words.both(label_set, felt, mine, most)
        picture = shown.get(row.image_hash)
        if picture is None:
            parts.append(discord.ui.TextDisplay(text))
        else:
            thumbnail: discord.ui.Thumbnail[Any] = discord.ui.Thumbnail(**picture.described(words.your_picture()))
            parts.append(discord.ui.Section(text, accessory=thumbnail))
    card = SideBySide(key.member_id, told_in_mood(title, label_set), parts)
    card.uploads = tuple(one.upload for one in shown.values())
    await say(interaction, view=card, files=card.uploads)
