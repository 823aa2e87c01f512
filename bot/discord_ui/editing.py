"""Rules by hand: write one, change one, strike one, and have one's pictures looked at again.

A change is a strike and a new rule, so the new words are tested before they are believed. A run that is under way
with the rules of before ends (`App.change_by_hand`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.app import App
from bot.discord_ui.labelling import option
from bot.discord_ui.replies import acknowledge, defer, replace_message, say, show_form
from bot.discord_ui.views import Form, OwnLayout
from bot.words import buttons, cards
from bot.words import editing as words
from bot.words.portrait import trust
from bot.words.refused import sentence
from bot.words.several_moods import told_in_mood
from core.collecting.doors import ADDS_NOTHING, Needs, Pace, Who
from core.predicting.readiness import standing
from core.predicting.shown import rules_shown
from core.tending.by_hand import Outcome
from core.tuning.memory import waiting
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import Rule
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult
from core.vocabulary.server_settings import thresholds_at


class RuleForm(Form, needs=Needs(Who.JOINED, Pace.COSTS)):
    """What a picture shows, and what is felt then; `instead` of a rule that there is."""

    def __init__(self, app: App, label_set: LabelSet, instead: Rule | None = None) -> None:
        super().__init__(title=buttons.rule_form(), timeout=600)
        self._app, self._label_set, self._instead = app, label_set, instead
        self.when = discord.ui.TextInput[Any](max_length=160, default=instead.when if instead else None)
        self.feel = discord.ui.Select[Any](
            options=[
                option(app.client, label_set, emotion, chosen=instead is not None and emotion.name == instead.feel)
                for emotion in label_set.emotions
            ]
        )
        asked = discord.ui.Label(
            text=buttons.rule_when(), description=buttons.rule_when_hint(), component=self.when
        )
        self.add_item(asked)
        self.add_item(discord.ui.Label(text=buttons.rule_feel(), component=self.feel))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Put it on trial; only then is the one that it replaces struck."""
        await acknowledge(interaction)
        app, key = self._app, ProfileKey(interaction.user.id, self._label_set.id)
        outcome = await app.change_by_hand(key.member_id, self._change(key))
        await show_rules(interaction, app, self._label_set, words.written(outcome))

    async def _change(self, key: ProfileKey) -> Outcome:
        by_hand, feel = self._app.by_hand, self.feel.values[0]
        outcome = await by_hand.write(key, self._label_set, self.when.value, feel)
        if outcome is Outcome.ON_TRIAL and self._instead is not None:
            same = {r.rule.id for r in waiting(await self._app.storage.runs.rules(key))}
            if self._instead.id not in same or self.when.value.strip() != self._instead.when:
                await by_hand.strike(key, self._instead.id)
        return outcome


class RulesCard(OwnLayout, needs=Needs(Who.MEMBER)):
    """A member's rules, those in use and those of theirs on trial, each with what they may do about it."""

    def __init__(
        self, app: App, key: ProfileKey, label_set: LabelSet, rules: Sequence[tuple[Rule, str]], note: str
    ) -> None:
        super().__init__(key.member_id)
        self._app, self._key, self._label_set = app, key, label_set
        frame: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.teal())
        frame.add_item(discord.ui.TextDisplay(told_in_mood(words.edit_title(any_rules=bool(rules)), label_set)))
        for number, (rule, state) in enumerate(rules, 1):
            frame.add_item(discord.ui.TextDisplay(f"{number}\\. **{cards.yours(rule)}**\n{state}"))
            frame.add_item(discord.ui.ActionRow(self._changing(number, rule), self._striking(number, rule)))
        if note:
            frame.add_item(discord.ui.TextDisplay(f"**{note}**"))
        write: discord.ui.Button[Any] = discord.ui.Button(
            label=buttons.write_rule(), style=discord.ButtonStyle.primary
        )
        write.callback = self._write  # type: ignore[method-assign]
        frame.add_item(discord.ui.ActionRow(write, LookAgain(app, label_set)))
        self.add_item(frame)

    async def _write(self, interaction: discord.Interaction[Any]) -> None:
        await show_form(interaction, RuleForm(self._app, self._label_set))

    def _changing(self, number: int, rule: Rule) -> discord.ui.Button[Any]:
        async def press(interaction: discord.Interaction[Any]) -> None:
            await show_form(interaction, RuleForm(self._app, self._label_set, rule))

        button: discord.ui.Button[Any] = discord.ui.Button(label=buttons.change_rule(number))
        button.callback = press  # type: ignore[method-assign]
        return button

    def _striking(self, number: int, rule: Rule) -> discord.ui.Button[Any]:
        async def press(interaction: discord.Interaction[Any]) -> None:
            await acknowledge(interaction)
            outcome = await self._app.change_by_hand(
                self._key.member_id, self._app.by_hand.strike(self._key, rule.id)
            )
            done = words.struck(cards.yours(rule)) if outcome is Outcome.DONE else words.written(outcome)
            await show_rules(interaction, self._app, self._label_set, done)

        button: discord.ui.Button[Any] = discord.ui.Button(
            label=buttons.strike_rule(number), style=discord.ButtonStyle.danger
        )
        button.callback = press  # type: ignore[method-assign]
        return button


class LookAgain(discord.ui.Button[Any]):
    """Has a member's pictures looked at again."""

    def __init__(self, app: App, label_set: LabelSet) -> None:
        super().__init__(label=buttons.look_again())
        self._app, self._label_set = app, label_set

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press beside the card."""
        await defer(interaction)
        await look_again(interaction, self._app, self._label_set)


async def show_rules(interaction: discord.Interaction[Any], app: App, label_set: LabelSet, note: str = "") -> None:
    """Answer with a member's rules; in place of the card that was pressed, where one was."""
    stored, key = app.storage, ProfileKey(interaction.user.id, label_set.id)
    if why := words.no_single_rules(app.settings.mode):
        await say(interaction, why)
        return
    active, records = await stored.versions.active(key), await stored.runs.rules(key)
    shadows = await stored.shadows.all(key)
    shown = rules_shown(active, await stored.versions.all(key), records, shadows) if active else ()
    rules = [(one.rule, trust(one)) for one in shown]
    rules += [(record.rule, words.waits()) for record in waiting(records)]
    card = RulesCard(app, key, label_set, rules, note)
    if interaction.type is discord.InteractionType.application_command or not note:
        await say(interaction, view=card)
    else:
        await replace_message(interaction, view=card)


async def look_again(interaction: discord.Interaction[Any], app: App, label_set: LabelSet) -> None:
    """Begin a run for a deferred asker, if there is anything that the last one did not know."""
    if why := ADDS_NOTHING.get(app.roster.standing(interaction.user.id)):
        await say(interaction, sentence(why))
        return
    stored, key = app.storage, ProfileKey(interaction.user.id, label_set.id)
    last, profile = await stored.runs.last(key), await stored.labels.profile(key)
    looks = [r for r in await stored.runs.latest(key, limit=12) if r.explanation.cost is not None]
    known = looks[0].started_at if looks else 0
    own = [r.written_at or 0 for r in waiting(await stored.runs.rules(key))]
    at_least, kinds = thresholds_at(app.roster.place(interaction.guild_id))
    first = profile and replace(profile, labels_at_run=0)  # as which a look is asked for
    needed = standing(first, None, None, app.clock.now_ms(), app.policy, min_labels=at_least, min_emotions=kinds)
    newest = max([profile.last_label_at if profile else 0, *own])
    if last is not None and last.result is RunResult.RUNNING:
        await say(interaction, words.looking_already())
    elif profile is not None and newest <= known:
        await say(interaction, words.nothing_new())
    elif profile is None or needed.labels_needed or needed.emotions_needed:
        await say(interaction, words.too_few(needed))
    else:
        await app.look_now(key)
        await say(interaction, words.looking_now())
