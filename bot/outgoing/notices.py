"""Tells a member what became of a look at their labels: a first feelprint, a new version, one taken back, and
that the first look found nothing.

By direct message, in the language of their last press or of their server; whoever chose that, or does not let the
bot write to them, is told with their next one. What is to be told stands in the database with the run that it
tells of (`core.ports.NoticeStore`); it is taken, told, and struck out. Killed in between, it is told once more: a
first feelprint that nobody hears of is worse than one told twice, and Discord itself drops the second of two
messages with one nonce.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import discord
import structlog

from bot.intake.patience import passes
from bot.outgoing.voices import Voices
from bot.words import editing, news, texts
from bot.words.cards import safe, yours
from bot.words.language import ENGLISH
from bot.words.outcomes import rule_reason, run_reason
from bot.words.several_moods import of_mood
from core.ports import LabelStore, Notice, NoticeStore, OwnMoodStore, RunReport, RunStore, VersionStore
from core.vocabulary.clock import Clock
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.own_moods import number_of
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleStatus, RunReason, RunResult, VersionStatus

log = structlog.get_logger(__name__)

FOUND_NOTHING = frozenset({RunResult.KEPT, RunResult.NOTHING})
TAKEN_BACK = frozenset({RunReason.ROLLED_BACK, RunReason.ROLLED_BACK_TO_GENERIC})

TAKEN_MS = 150_000
"""How long whoever tells something has it for themselves: more than a minute by which two clocks may differ, and
within the few minutes in which Discord remembers a nonce.
"""

_LOOKS = 12
"""How far back it is looked whether a rule was judged before."""

_AT_ONCE, _EVERY_S, _SENDING_S = 100, 15.0, 30.0
"""Profiles in one look at what is to be told, seconds between two looks, and for a message at most."""


@dataclass(frozen=True, slots=True)
class News:
    """A sentence or some for a member, and the runs that it tells of. None: there is nothing to say of them."""

    text: str | None
    run_ids: tuple[str, ...]

    @property
    def nonce(self) -> str:
        """The same for the same news: Discord keeps one of two messages."""
        return self.run_ids[-1]


class Announcer:
    """Empties the outbox: at once when a run has ended in this process, and now and then for all others."""

    def __init__(  # noqa: PLR0917 - the composition root names them all
        self,
        client: Callable[[], discord.Client],
        notices: NoticeStore,
        versions: VersionStore,
        runs: RunStore,
        labels: LabelStore,
        voices: Voices,
        clock: Clock,
        joined: Callable[[int], bool],
        moods: OwnMoodStore,
        way: Callable[..., discord.ui.View],
    ) -> None:
        """`way`: under what is told (`at_press` or by message), the button to be told elsewhere."""
        self._client, self._notices, self._versions, self._runs = client, notices, versions, runs
        self._labels, self._moods, self._way = labels, moods, way
        self._voices, self._clock, self._joined = voices, clock, joined

    async def tell(self, report: RunReport) -> None:
        """A run has ended: write to the member if there is news."""
        log.info("tuning.finished", result=report.result, labels=report.n_labels)
        if self._client().is_ready():
            await self._write(report.key)

    async def run(self) -> None:
        """Tell what is to be told, for ever."""
        while True:
            try:
                await self.tell_all()
            except Exception:
                log.exception("announcing.failed")
            await asyncio.sleep(_EVERY_S)

    async def tell_all(self) -> None:
        """Write to everybody of whom something waits, whichever process stored it. Raises StorageError."""
        while self._client().is_ready() and (keys := await self._notices.waiting(limit=_AT_ONCE)):
            for key in keys:
                await self._write(key)

    async def untold(self, member_id: int) -> list[News]:
        """What Discord would not let the bot write to a member, for whoever tells it now. Raises StorageError."""
        found = [await self._taken(key) for key in await self._notices.refused(member_id)]
        return [news for news in found if news is not None]

    async def way_of(self, member_id: int) -> discord.ui.View | None:
        """For whoever is told with a press: the button back to direct messages, if they chose so."""
        return self._way(at_press=True) if await self._notices.at_press(member_id) else None

    async def told(self, said: News) -> None:
        """A member was told. Raises StorageError."""
        await self._notices.told(said.run_ids)

    async def _write(self, key: ProfileKey) -> None:
        """Tell a member by direct message; where Discord refuses that, leave it for their next press."""
        if await self._notices.at_press(key.member_id):
            return
        with self._voices.telling(key.member_id, await self._locale_of_server(key)):
            news, way = await self._taken(key), self._way(at_press=False)
        if news is None or news.text is None:
            return
        try:
            async with asyncio.timeout(_SENDING_S):
                user = await self._client().fetch_user(key.member_id)
                conversation = await user.create_dm()
                if self._joined(key.member_id):  # or they have left or paused meanwhile
                    await conversation.send(news.text, view=way, nonce=news.nonce)
        except discord.HTTPException as refused:
            log.info("announcing.refused", status=refused.status, code=refused.code)
            if not passes(refused):
                await self._notices.refuse(news.run_ids)
            return
        except Exception as error:
            if not passes(error):
                raise
            log.info("announcing.away", why=type(error).__name__)
            return  # it may have arrived: the same nonce is sent again when nobody has it any more
        await self.told(news)

    async def _locale_of_server(self, key: ProfileKey) -> str:
        """The language of the server in which a member labelled last; English where there is none to be seen."""
        profile = await self._labels.profile(key)
        guild = self._client().get_guild(profile.server_id) if profile and profile.server_id else None
        return str(guild.preferred_locale) if guild else ENGLISH

    async def _taken(self, key: ProfileKey) -> News | None:
        """What there is to tell of a profile, taken for this process; what says nothing is done with."""
        taken = await self._notices.take(key, self._clock.now_ms() + TAKEN_MS)
        if not taken:
            return None
        said = News(await self._news(key, taken), tuple(notice.report.run_id for notice in taken))
        if said.text is None:
            await self.told(said)
            return None
        return said

    async def _news(self, key: ProfileKey, taken: Sequence[Notice]) -> str | None:
        """What there is to tell of some runs, if anything: also what they found of rules that the member wrote."""
        own = [line for notice in taken for line in await self._own_judged(notice.report)]
        told = await self._found(key, [notice.report for notice in taken])
        last = taken[-1].report
        if told is None and (own or any(notice.asked for notice in taken)) and last.reason is not None:
            told = run_reason(last.reason, last.explanation.stop)
        return None if told is None else await self._in_mood(key, "\n".join([told, *own]))

    async def _in_mood(self, key: ProfileKey, told: str) -> str:
        number = number_of(key.label_set_id)
        mood = await self._moods.named(key.member_id, number) if number else None
        return of_mood(told, mood) if mood else told

    async def _own_judged(self, report: RunReport) -> list[str]:
        """What became of rules of the member's own that this run was the first to judge."""
        tried = set(report.explanation.candidates)
        own = [r for r in await self._runs.rules(report.key) if r.written_at is not None and r.rule.id in tried]
        if not own:
            return []
        earlier = [r for r in await self._runs.latest(report.key, limit=_LOOKS) if r.run_id != report.run_id]
        lines = []
        for record in own:
            since = [r for r in earlier if r.started_at >= (record.written_at or 0)]
            if any(record.rule.id in r.explanation.candidates for r in since):
                continue
            used = record.status is RuleStatus.DEPLOYED
            result = editing.own_in_use() if used else rule_reason(record.reason) if record.reason else ""
            lines.append(editing.own_judged(yours(record.rule), result))
        return lines

    async def _found(self, key: ProfileKey, reports: Sequence[RunReport]) -> str | None:
        """What is in use now, as far as these runs changed it; else that the first of all runs found nothing."""
        untold = {report.run_id for report in reports}
        active = await self._versions.active(key)
        for report in reversed(reports):
            if report.reason in TAKEN_BACK:
                return texts.taken_back(report.reason)
            if report.result == RunResult.DEPLOYED and active is not None and active.run_id == report.run_id:
                return await self._deployed(active, untold, leaning=report.reason is RunReason.FOUND_LEANING)
        latest = await self._runs.latest(key, limit=len(reports) + 1)
        nothing = [r for r in reports if r.result in FOUND_NOTHING and r.reason is not None]
        if active is None and nothing and untold.issuperset(r.run_id for r in latest):
            last = nothing[-1]
            return news.nothing_found(run_reason(last.reason or RunReason.NOTHING_RELIABLE), last.n_labels)
        return None

    async def _deployed(self, active: Feelprint, untold: set[str], *, leaning: bool) -> str:
        """How a version differs from the last one that the member knows."""
        earlier = [v for v in await self._versions.all(active.key) if v.version < active.version]
        known_ones = (v for v in reversed(earlier) if v.run_id not in untold)
        before = next((v for v in known_ones if v.status is VersionStatus.SUPERSEDED), None)
        if active.mode is Mode.PAPER:
            return news.new_version(
                active.version,
                active.n_labels,
                new=[safe(active.text, 1000)],
                first=before is None,
                leaning=leaning,
            )
        known, kept = before.rules if before else (), {rule.id for rule in active.rules}
        had = {rule.id for rule in known}
        return news.new_version(
            active.version,
            active.n_labels,
            new=[yours(rule) for rule in active.rules if rule.id not in had],
            stays=[yours(rule) for rule in active.rules if rule.id in had],
            gone=[yours(rule) for rule in known if rule.id not in kept],
            first=before is None,
            leaning=leaning,
        )
