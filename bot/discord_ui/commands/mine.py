"""What a member has: `/feelprint` (the portrait and its honest record, how it was found, what it was before, both
guesses side by side, rules by hand, a look now, moods) and `/progress` (labels and tuning).

Discord has no command that is also a group, so `/feelprint` itself is only the way to the others; all of them are
buttons under the portrait, too.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.app import App
from bot.discord_ui.commands.feel import Card
from bot.discord_ui.doors import asks, own_label_set
from bot.discord_ui.editing import look_again, show_rules
from bot.discord_ui.looking_back import compare, show_versions
from bot.discord_ui.portrait import Shown, where_held
from bot.discord_ui.progress import progress_blocks
from bot.discord_ui.replies import Upload, defer, say, tell_news
from bot.discord_ui.several_moods import show_moods
from bot.discord_ui.showing import show_everyone
from bot.discord_ui.tree import FeelprintTree
from bot.discord_ui.views import OwnLayout
from bot.words import buttons, cards, commands, found, texts
from bot.words import portrait as words
from bot.words.language import plainly
from bot.words.several_moods import told_in_mood
from core.collecting.doors import Needs, Pace, Who
from core.predicting.shown import rules_shown, since_version
from core.tuning.memory import waiting
from core.vocabulary.emotions import LabelSet
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode

_RUNS = 12
"""How far back the latest look is searched for; retirements and rollbacks since it count as runs, too."""

_Way: TypeAlias = Callable[[discord.Interaction[Any], App, LabelSet], Awaitable[None]]


class Portrait(OwnLayout, needs=Needs(Who.MEMBER)):
    """A feelprint, rule by rule with pictures where it held, and the ways on: the same as the commands."""

    def __init__(
        self,
        app: App,
        owner: int,
        label_set: LabelSet,
        blocks: Sequence[str],
        galleries: Sequence[Sequence[Shown]],
    ) -> None:
        super().__init__(owner)
        self._app, self._label_set = app, label_set
        self.uploads = tuple(shown.upload for gallery in galleries for shown in gallery)
        frame: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.teal())
        for place, block in enumerate(blocks):
            if block:
                frame.add_item(discord.ui.TextDisplay(block))
            if 0 < place <= len(galleries) and (gallery := galleries[place - 1]):
                items = [discord.MediaGalleryItem(**shown.described(words.held_here())) for shown in gallery]
                frame.add_item(discord.ui.MediaGallery(*items))
        ways: tuple[tuple[str, _Way], ...] = (
            (buttons.how_found(), show_why),
            (buttons.earlier_versions(), show_versions),
            (buttons.compare(), compare),
            (buttons.change_rules(), show_rules),
            (buttons.look_again(), look_again),
        )
        frame.add_item(discord.ui.ActionRow(*(self._to(label, way) for label, way in ways)))
        more = [self._to(buttons.moods(), lambda interaction, app, _: show_moods(interaction, app))]
        if galleries:  # single rules, which can be shown
            more.append(self._to(buttons.show_everyone(), show_everyone))
        frame.add_item(discord.ui.ActionRow(*more))
        self.add_item(frame)

    def _to(self, label: str, way: _Way) -> discord.ui.Button[Any]:
        async def press(interaction: discord.Interaction[Any]) -> None:
            await defer(interaction)
            await way(interaction, self._app, self._label_set)

        button: discord.ui.Button[Any] = discord.ui.Button(label=label)
        button.callback = press  # type: ignore[method-assign]
        return button


class HowFound(Card, needs=Needs(Who.MEMBER)):
    """How a feelprint was found, in three steps; the long list is a file."""

    def __init__(self, owner: int, history: found.History, label_set: LabelSet) -> None:
        head, *rest = found.steps(history)
        super().__init__(owner, [told_in_mood(head, label_set), *rest])
        self._history = history
        if history.look is not None:
            button: discord.ui.Button[Any] = discord.ui.Button(label=buttons.all_ideas())
            button.callback = self._all  # type: ignore[method-assign]
            self.frame.add_item(discord.ui.ActionRow(button))

    async def _all(self, interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        with plainly():
            text = found.as_text(found.explained(self._history))
        await say(interaction, texts.all_ideas(), files=[Upload("feelprint-ideas.txt", text.encode())])


async def show_why(interaction: discord.Interaction[Any], app: App, label_set: LabelSet) -> None:
    """Tell a deferred asker how their feelprint was found."""
    stored, key = app.storage, ProfileKey(interaction.user.id, label_set.id)
    reports, records = await stored.runs.latest(key, limit=_RUNS), await stored.runs.rules(key)
    active, versions = await stored.versions.active(key), await stored.versions.all(key)
    shadows = await stored.shadows.all(key)
    shown = rules_shown(active, versions, records, shadows) if active else ()
    history = found.History(reports, records, shown, active)
    await say(interaction, view=HowFound(interaction.user.id, history, label_set))


async def show_feelprint(interaction: discord.Interaction[Any], app: App) -> None:
    """Show the deployed version, or how far it is until there is one."""
    member_id, label_set = interaction.user.id, own_label_set(interaction, app)
    stored, key = app.storage, ProfileKey(member_id, label_set.id)
    active, records = await stored.versions.active(key), await stored.runs.rules(key)
    own = words.on_trial(waiting(records))
    if active is None:
        blocks = [
            told_in_mood(texts.no_feelprint(), label_set),
            *(await progress_blocks(app, member_id, label_set, interaction.guild_id))[1:],
            own,
            texts.what_i_tried() if await stored.runs.last(key) else "",
        ]
        await say(interaction, view=Card(member_id, blocks))
        return
    shadows = await stored.shadows.all(key)
    rules = rules_shown(active, await stored.versions.all(key), records, shadows)
    blocks = cards.feelprint(active, rules, since_version(active, shadows), offline=app.settings.offline)
    blocks[0] = told_in_mood(blocks[0], label_set)
    galleries = []
    if active.mode is Mode.RULES:
        for place, rule in enumerate(rules, 1):
            blocks[place] = f"{blocks[place]}\n{words.trust(rule)}"
        galleries = await where_held(interaction, app, label_set, rules)
    blocks.insert(len(blocks) - 1, own)
    card = Portrait(app, member_id, label_set, blocks, galleries)
    await say(interaction, view=card, files=card.uploads)


def add(tree: FeelprintTree, app: App) -> None:
    """Put the commands on the tree."""
    feelprint = app_commands.Group(name="feelprint", description=commands.FEELPRINT)
    tree.add_command(feelprint)

    @feelprint.command(name="show", description=commands.SHOW)
    @asks(Who.MEMBER, invites=True)
    async def show(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_feelprint(interaction, app)

    @feelprint.command(name="why", description=commands.WHY)
    @asks(Who.MEMBER, invites=True)
    async def why(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_why(interaction, app, own_label_set(interaction, app))

    @feelprint.command(name="history", description=commands.HISTORY)
    @asks(Who.MEMBER, invites=True)
    async def history(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_versions(interaction, app, own_label_set(interaction, app))

    @feelprint.command(name="compare", description=commands.COMPARE)
    @asks(Who.MEMBER, invites=True)
    async def side_by_side(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await compare(interaction, app, own_label_set(interaction, app))

    @feelprint.command(name="edit", description=commands.EDIT)
    @asks(Who.MEMBER, invites=True)
    async def edit(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_rules(interaction, app, own_label_set(interaction, app))

    @feelprint.command(name="retune", description=commands.RETUNE)
    @asks(Who.JOINED, Pace.COSTS, invites=True)
    async def retune(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await look_again(interaction, app, own_label_set(interaction, app))

    @feelprint.command(name="mood", description=commands.MOOD)
    @asks(Who.MEMBER, invites=True)
    async def mood(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        await show_moods(interaction, app)

    @tree.command(name="progress", description=commands.PROGRESS)
    @asks(Who.MEMBER, invites=True)
    async def progress(interaction: discord.Interaction[Any]) -> None:
        await defer(interaction)
        label_set = own_label_set(interaction, app)
        blocks = await progress_blocks(app, interaction.user.id, label_set, interaction.guild_id)
        await say(interaction, view=Card(interaction.user.id, blocks))
        await tell_news(interaction)
