"""People side by side in the bot's own storage, worker and predictor: what a replay does at each label.

Nothing of the method is here. An hour passes between two labels, so that whatever is due has its quiet minute; a
model that is away would be tried again later by the bot, and ends an evaluation.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from core.asking.asker import ModelAsker
from core.collecting.dealing import order, wanted
from core.evaluate.people import Picture
from core.evaluate.rates import Spoke, spoken
from core.evaluate.road import Answered, Person, Road, Said
from core.evaluate.run import Life, Result, unusable
from core.evaluate.scoring import score
from core.ports import DueStore, MemberStore, ServerStore, TuningStores
from core.predicting.knowledge import Knowledge
from core.predicting.predictor import Predictor
from core.tending.run import Tuner
from core.tending.shadowing import Shadows
from core.tending.worker import TuningWorker
from core.tuning.items import collect
from core.tuning.match import matched
from core.tuning.session import Session, Stopped
from core.vocabulary.calls import Failure, Payer
from core.vocabulary.changes import RecordRating
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import LabelSet
from core.vocabulary.images import Image
from core.vocabulary.label import hit
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RunResult
from core.vocabulary.server_settings import ServerSettings

T = TypeVar("T")

HOUR_MS = 3_600_000
"""Between two labels."""

PLACE = 1
"""The server in which all of them label."""


class LivingStores(TuningStores, Protocol):
    """What lives need of storage beside what tuning needs."""

    @property
    def members(self) -> MemberStore:
        """Consent."""
        ...

    @property
    def servers(self) -> ServerStore:
        """The label set, and from how many labels on there is a first run."""
        ...

    @property
    def due(self) -> DueStore:
        """Who is due."""
        ...


@dataclass(frozen=True, slots=True)
class Living:
    """How a method lives: the bot's mode, and whether the next label is of the picture that a `deck` would show
    (`core.collecting.dealing`) out of all that wait, instead of the next one in the dataset's order.
    """

    mode: Mode
    deck: bool = False


@dataclass(slots=True)
class SteppedClock:
    """Stands still until the next label."""

    at: int = 1_700_000_000_000

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self.at


class Lives:
    """One method's lives over a storage with nothing in it."""

    def __init__(  # noqa: PLR0917 - made in one place
        self,
        name: str,
        living: Living,
        label_set: LabelSet,
        stores: LivingStores,
        clock: SteppedClock,
        road: Road,
        concurrency: int,
    ) -> None:
        self._name, self._label_set, self._stores, self._clock, self._road = name, label_set, stores, clock, road
        self._began = time.monotonic()
        self._asker = asker = ModelAsker(road)
        self._knowledge = Knowledge(ModelAsker(Answered(road)), stores.versions, stores.runs)
        self._deck = living.deck
        tuner = Tuner(stores, asker, clock, mode=living.mode, concurrency=concurrency)
        shadows = Shadows(stores, asker, clock, concurrency=concurrency)
        self._worker = TuningWorker(tuner, shadows, stores.runs, stores.due, clock, parallel=concurrency)
        self._predictor = Predictor(stores.labels, stores.versions, stores.shadows, asker, clock)
        self._slots = asyncio.Semaphore(concurrency)

    async def begin(self, persons: Sequence[Person]) -> None:
        """All join a server with their label set. A deck's pictures were asked about before, by others there."""
        await self._stores.servers.save(ServerSettings(PLACE, label_set=self._label_set))
        for person in persons:
            await self._stores.members.join(person.member, CONSENT_VERSION, 0)
        if self._deck:
            there = {picture.image.hash: picture.image for person in persons for picture in person.waiting}
            await asyncio.gather(*(self._described(image) for image in there.values()))
            self._there()

    async def label(self, persons: Sequence[Person]) -> None:
        """Predict everybody's next label, then give it to them; the worker does whatever is due an hour later.

        Raises ModelError where the model is away.
        """
        pictures = await asyncio.gather(*(self._next(person) for person in persons))
        said = await asyncio.gather(
            *(self._said(p, picture) for p, picture in zip(persons, pictures, strict=True))
        )
        for person, one in zip(persons, said, strict=True):
            person.came.append(one)
        at = self._clock.at + 1  # what is deployed already is older than the label
        await self._stores.labels.apply(
            [
                RecordRating(
                    person.member, p.image.hash, frozenset(p.felt), self._label_set.id, PLACE, at, p.image
                )
                for person, p in zip(persons, pictures, strict=True)
            ]
        )
        self._clock.at = at + HOUR_MS
        while await self._worker.step():
            pass
        self._there()

    async def result(self, person: Person, n: int) -> Result:
        """Where somebody stands after n labels. Raises ModelError where the model is away."""
        lost = person.learning.blind()
        unseen = person.unseen if lost is None else ()
        said = await asyncio.gather(*(self._said(person, picture) for picture in unseen))
        self._there()
        answered = [one for one in said if one is not None]
        active = await self._stores.versions.active(self._key(person))
        return Result(
            person.user,
            self._name,
            n,
            score(self._label_set, [(one.distribution, one.picture.felt) for one in answered]),
            _gain(self._label_set, answered),
            len(person.unseen) - len(answered),
            replace(person.learning.spent),
            replace(person.testing.spent),
            time.monotonic() - self._began,
            active.block if active else "",
            room=_room(person.came),
            lost=lost or (None if answered else person.testing.blind()),
            life=await self._life(person),
        )

    async def spoken(self, person: Person) -> tuple[Spoke, ...]:
        """Every place in which a rule that was ever written for them spoke. Raises ModelError where the model is
        away.
        """
        key, session = self._key(person), Session(self._slots)
        asker = self._asker.on_account_of(Payer(person.member, PLACE))
        records = await self._stores.runs.rules(key)
        used = {rule.id for version in await self._stores.versions.all(key) for rule in version.rules}
        labels = await self._stores.labels.labels(key)
        try:
            items = await collect(session, asker, self._stores.labels, self._label_set, labels)
            conditions = list(dict.fromkeys(record.rule.when for record in records))
            descriptions = [item.generic.description for item in items]
            pairs = await matched(session, asker, conditions, descriptions, person.member) or frozenset()
        except Stopped as stopped:
            raise unusable(stopped.failure) from None
        holds = {(conditions[condition], place) for condition, place in pairs}
        return tuple(spoken(self._label_set, records, items, holds, used=used, member_id=person.member))

    async def _next(self, person: Person) -> Picture:
        """The picture that is labelled next: it waits no longer."""
        if not self._deck:
            return person.waiting.pop(0)
        hashes = [picture.image.hash for picture in person.waiting]
        known = await self._knowledge.of(self._key(person), self._label_set, hashes)
        profile = await self._stores.labels.profile(self._key(person))
        want = wanted(self._label_set.names, profile.counts if profile else {})
        first = order(known, want)[0]
        return person.waiting.pop(hashes.index(first))

    async def _described(self, image: Image) -> None:
        async with self._slots:
            await self._asker.generic(image, self._label_set)

    async def _life(self, person: Person) -> Life:
        key = self._key(person)
        versions = await self._stores.versions.all(key)
        reports = await self._stores.runs.latest(key, limit=10 * len(person.came))
        came = [one for one in person.came if one is not None]
        return Life(
            came=score(self._label_set, [(one.distribution, one.picture.felt) for one in came]),
            gain=_gain(self._label_set, came),
            runs=sum(bool(report.explanation.caution) for report in reports),
            stopped=sum(report.result == RunResult.STOPPED for report in reports),
            versions=len(versions),
            withdrawals=sum(report.explanation.withdrawal is not None for report in reports),
        )

    async def _said(self, person: Person, picture: Picture) -> Said | None:
        """What the person would be told of a picture; None where they, or most people, could not be asked for."""
        async with self._slots:
            said = await self._predictor.predict(picture.image, person.member, self._label_set, PLACE)
        if isinstance(said, Failure) or said.generic is None:
            return None
        return Said(said.distribution, picture, hit(self._label_set, said.generic, picture.felt))

    def _key(self, person: Person) -> ProfileKey:
        return ProfileKey(person.member, self._label_set.id)

    def _there(self) -> None:
        if self._road.away is not None:
            raise unusable(self._road.away)


def _gain(label_set: LabelSet, said: Sequence[Said]) -> float:
    """Points over most people's answers on the same pictures; 0 of none."""
    differences = [hit(label_set, one.distribution, one.picture.felt) - one.generic_hit for one in said]
    return 100 * sum(differences) / max(1, len(differences))


def _room(came: Sequence[Said | None]) -> float:
    hits = [one.generic_hit for one in came if one is not None]
    return 1 - sum(hits) / max(1, len(hits))
