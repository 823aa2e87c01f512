"""Everything that runs, wired together, as commands and the client see it.

Nothing starts by itself; the entry point calls `start`, so that whoever attaches a client (the command line
to Discord, the demo to a simulated one) decides when background work begins. Commands and the client know
this, and this knows neither of them: the client is made by a function that `bot.bootstrap` hands in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import discord
import structlog

from bot.host.background import Background
from bot.host.handover import Handover
from bot.host.settings import Settings
from bot.host.shards import Shards
from bot.host.state import StateFolder
from bot.host.tuning import Worker, tuner_of, worker_of
from bot.housekeeping import Housekeeping
from bot.intake.album import Album
from bot.intake.catchup import CatchUp, Walk
from bot.intake.dealer import Dealer
from bot.intake.elsewhere import Elsewhere
from bot.intake.fetch import Downloads
from bot.intake.intake import Intake
from bot.intake.roster import Roster
from bot.intake.source import MessageSource
from bot.intake.withholding import Withholding
from bot.outgoing import farewell
from bot.outgoing.budget_warnings import BudgetWarner
from bot.outgoing.game_posts import Question
from bot.outgoing.notices import Announcer
from bot.outgoing.seeding import Seeder
from bot.outgoing.unanswered import Unanswered
from bot.outgoing.voices import Voices
from bot.outgoing.weekly_game import Games
from core.asking.asker import ModelAsker
from core.collecting.allowance import Allowance
from core.decoding.turns import Turns
from core.decoding.workers import ImageWorkers
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.kept import KeptAnswers
from core.ports import Applied, RunReport, TuningPolicy
from core.predicting.knowledge import Knowledge
from core.predicting.predictor import Predictor
from core.tending.by_hand import ByHand
from core.tending.retention import Retention
from core.tending.worker import TuningWorker
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import LabelSet
from core.vocabulary.exclusions import Exclusion
from core.vocabulary.facts import Reacted
from core.vocabulary.profile import ProfileKey
from storage import Storage

_PATIENCE_S, _TELLING_S, _LAST_S = 3.0, 1.5, 0.5
"""Twice the first and the last, and the second, are how long stopping takes at most: containers are killed after
ten seconds.
"""

_ASKING_EACH, _ASKING = 5, 100
"""How many questions of one person, and of all, wait for their turn; more are told to come back."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass
class App:
    """Everything that runs; `make_client` builds the Discord client for it, with or without message content;
    `make_question` what all see of the weekly game, `make_way` the button under news; `share` makes of what tunes
    here the worker that is asked to tune; `shards` are this process's, None: all; `handover` says whose turn it is
    to answer there.
    """

    make_client: Callable[["App", bool], discord.Client]
    make_question: Callable[[discord.Client, Question, str], discord.ui.LayoutView]
    make_way: Callable[..., discord.ui.View]
    settings: Settings
    clock: Clock
    storage: Storage
    images: ImageWorkers
    model: ModelSettings
    gateway: Gateway
    asker: ModelAsker
    policy: TuningPolicy
    downloads: Downloads
    state: StateFolder
    roster: Roster
    handover: Handover
    seeder: Seeder = field(default_factory=Seeder)
    unanswered: Unanswered = field(default_factory=Unanswered)
    voices: Voices = field(default_factory=Voices)
    share: Callable[[TuningWorker], Worker] = lambda local: local
    shards: Shards | None = None

    def __post_init__(self) -> None:
        stored, patient, together = self.storage, self.storage.patient, self.settings.concurrency
        self.predictor = Predictor(
            stored.labels, stored.versions, stored.shadows, self.asker, self.clock, concurrency=together
        )
        self.tuner = tuner_of(self.settings, stored, self.gateway, self.asker, self.clock)
        self.retention = Retention(patient, self.model, self.clock, keep_days=self.settings.keep_days)
        self.by_hand = ByHand(stored, self.clock)
        self.announcer = Announcer(
            lambda: self.client,
            patient.notices,
            patient.versions,
            patient.runs,
            patient.labels,
            self.voices,
            self.clock,
            self.roster.joined,
            patient.own_moods,
            self.make_way,
        )
        caps = self.settings.caps
        self.warner = BudgetWarner(lambda: self.client, stored.overviews, self.roster, self.voices, caps)
        self.listeners: list[Callable[[RunReport], Awaitable[None]]] = [self.announcer.tell]
        local = worker_of(self.settings, stored, self.tuner, self.asker, self.clock, on_result=self._result)
        self.worker = self.share(local)
        self.source = MessageSource(lambda: self.client, self.images)
        self.intake = Intake(
            self.roster, patient.labels, self.source, self.clock, self._applied, on_missed=self._missed
        )
        self.catchup = CatchUp(
            lambda: self.client,
            self.roster,
            self.intake,
            self.clock,
            labels=patient.labels,
            walks=patient.walks,
            servers=stored.servers,
            calls=self.settings.catchup_calls,
            seed=self.seeder.offer,
        )
        self.withholding = Withholding(
            self.roster,
            stored.exclusions,
            stored.labels,
            self.clock,
            self._applied,
            clean=stored.eraser.clean,
            look=self.catchup.again,
        )
        kept = self.asker.over(KeptAnswers(stored.answers, self.model))
        self.knowledge = Knowledge(kept, stored.versions, stored.runs)
        self.album = Album(lambda: self.client, self.source)
        self.dealer = Dealer(
            self.album,
            self.roster,
            self.source,
            stored.labels,
            self.knowledge,
        )
        self.elsewhere = Elsewhere(
            stored.news,
            self.roster,
            on_progress=self.worker.heard,
            on_forgotten=self._keep_nothing_of,
            on_pictures=self._keep_no_picture,
            on_handover=self.handover.told,
        )
        self.housekeeping = Housekeeping(
            stored, self.roster, self.elsewhere, self.catchup, self.retention, self.clock
        )
        self.games = Games(
            lambda: self.client,
            patient.games,
            patient.labels,
            self.source,
            self.roster,
            self.knowledge,
            self.voices,
            self.clock,
            lambda question, text: self.make_question(self.client, question, text),
        )
        self.questions = Turns(together, each=1, own=_ASKING_EACH, everybody=_ASKING)
        self.allowance = Allowance(self.settings.feel_per_minute, self.clock)
        self.roster.on_saved = self._saved
        self.client = self.make_client(self, self.settings.message_content)
        self._background = Background()

    @property
    def default_label_set(self) -> LabelSet:
        """The label set that holds where no server chose one."""
        return self.roster.label_set(None)

    @property
    def at_work(self) -> bool:
        """Whether all that works in the background does."""
        writing = self.intake.writing
        return self._background.at_work and writing is not None and not writing.done()

    def start(self) -> None:
        """Start everything that works in the background."""
        self.listen()
        self.intake.start()
        outgoing = (self.withholding.run, self.seeder.run, self.announcer.run, self.warner.run, self.games.run)
        self._background.begin(self.worker.run_forever, self.catchup.run, *outgoing, *self.housekeeping.works)

    def listen(self) -> None:
        """Start only what keeps up with other processes; once."""
        if not self._background.begun:
            self._background.begin(self.elsewhere.run, self.housekeeping.keep_roster)

    async def stop(self) -> None:
        """Take nothing more in, finish and keep what is under way, leave Discord."""
        await self.handover.leave()
        await asyncio.gather(self.intake.stop(_PATIENCE_S), self.unanswered.close(_PATIENCE_S, _TELLING_S))
        self.dealer.forget()
        await self._background.stop()
        await self.storage.leave_place()
        await self.gateway.aclose(_PATIENCE_S)
        self.handover.end()
        await self.unanswered.close(_LAST_S, _LAST_S)  # whoever came meanwhile is being told so
        began = isinstance(self.client.loop, asyncio.AbstractEventLoop)  # discord.py cannot close what never did
        if began and not self.client.is_closed():
            await self.client.close()

    def renew_client(self, *, message_content: bool) -> None:
        """A fresh client in place of one that was refused, or that did not get in; close that first."""
        self.client = self.make_client(self, message_content)

    async def forget(self, member_id: int) -> int:
        """Erase a member, after stopping what is under way for them; how many labels that were."""
        await self.worker.cancel(member_id)
        self.gateway.forget(member_id)
        labels = await self.roster.forget(member_id)
        self._keep_nothing_of(member_id)
        await self.worker.cancel(member_id)  # whatever began in between
        self.gateway.forget(member_id)
        return labels

    def _keep_nothing_of(self, member_id: int) -> None:
        """Somebody was erased, here or by another process."""
        self.gateway.forget(member_id)
        self.intake.forget(member_id)
        self.dealer.forget()
        self.voices.forget(member_id)
        self.predictor.calibration.forget()

    def _keep_no_picture(self) -> None:
        self.intake.forget_recent()
        self.dealer.forget()

    async def erase_mood(self, member_id: int, number: int) -> int:
        """Erase one of a member's moods, after stopping what is under way for them; how many labels that were."""
        await self.worker.cancel(member_id)
        labels = await self.roster.moods.erase(member_id, number)
        self.intake.forget_recent()
        self.dealer.forget()
        await self.worker.cancel(member_id)  # whatever began in between
        self.worker.wake()
        await self.storage.eraser.clean()
        return labels

    async def change_by_hand(self, member_id: int, change: Awaitable[T]) -> T:
        """What a change of a member's rules came to; a run with those of before ends, and begins anew."""
        await self.worker.cancel(member_id)
        came_to = await change
        await self.worker.cancel(member_id)  # whatever began in between
        self.worker.wake()
        return came_to

    async def look_now(self, key: ProfileKey) -> None:
        """Let a run begin now, whose outcome is told whatever it is."""
        await self.storage.runs.ask(key)
        self.worker.wake()

    async def withhold(self, said: Sequence[Exclusion]) -> None:
        """Keep what an author or an admin says about pictures; what is under way with them ends."""
        taken = await self.withholding.say(said)
        self._keep_no_picture()
        self.gateway.forget_pictures(taken.images)
        for member_id in taken.members:
            await self.worker.cancel(member_id)

    async def _result(self, report: RunReport) -> None:
        for listener in self.listeners:
            await listener(report)

    async def say_farewell(self, guild: discord.Guild) -> None:
        """The bot was removed from a server: say what becomes of what is kept of it, if anything is."""
        if guild.id in {place.server_id for place in self.roster.places}:
            await farewell.say(self.client, guild, self.clock.now_ms(), self.voices)

    def reachable(self, server_id: int) -> None:
        """A server may be read, or read elsewhere than before: what was missed there is looked at."""
        self.source.reopen()
        self.catchup.request(Walk(server_id))

    def _saved(self, server_id: int) -> None:
        self.withholding.changed(server_id)
        self.games.wake(server_id)
        self.reachable(server_id)

    def _missed(self, fact: Reacted) -> None:
        self.catchup.again(fact.server_id, fact.channel_id, fact.message_id)

    def _applied(self, applied: Applied) -> None:
        if applied.touched:
            self.worker.wake()
