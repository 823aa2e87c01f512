"""Moods made, chosen and erased between reactions, ratings, absences and restarts, against a plain model of them.

A reaction stands in the mood that was active when the bot heard of it, however it heard; the model keeps which.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.facts import Rated
from core.vocabulary.own_moods import FIRST, MOST_MOODS, OwnMood, in_mood
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import picture
from tests.journeys.test_noes_and_absences import Lived
from tests.storage.made import EMOJI

SHOWN = [picture(60 * n + 5) for n in range(3)]
FEELINGS = ("awe", "fear", "sadness")
GONE = -1
"""In place of a mood: it stood in one that was erased, and counts nowhere."""

pytestmark = pytest.mark.filterwarnings("ignore")


class Moods(RuleBasedStateMachine):
    """One member, six messages of three pictures; each picture is felt by reactions or by ratings in one mood."""

    lived: Lived

    @initialize()
    def begin(self) -> None:
        self.lived.run(self._begin())

    def teardown(self) -> None:
        """The server chooses no channel any more: the restarts of later examples need not walk this one's."""
        if hasattr(self, "channel"):
            left = ServerSettings(self.guild.id, frozenset(), seed_reactions=False)
            self.lived.run(self.lived.app.roster.save(left))

    async def _begin(self) -> None:
        env, app = self.lived.env, self.lived.app
        self.guild = env.create_guild("Pictures")
        self.channel = self.guild.create_text_channel("pictures")
        self.who = self.guild.add_member(env.create_user("somebody"))
        await app.roster.save(ServerSettings(self.guild.id, frozenset({self.channel.id}), seed_reactions=False))
        await app.roster.join(self.who.id, CONSENT_VERSION)
        self.world = SimpleNamespace(app=app, env=env)
        self.images = [await app.images.normalise(data) for data in SHOWN]
        self.posts = [
            (await self.who.send(self.channel, attachments=[("a.png", SHOWN[n % 3])]), n % 3) for n in range(6)
        ]
        self.moods, self.erased, self.active = [FIRST], list[OwnMood](), FIRST
        self.reacted: dict[tuple[int, str], int] = {}
        self.rated: dict[tuple[int, int], set[str]] = {}

    async def _post(self, shown: int) -> Any:
        return await self.who.send(self.channel, attachments=[("a.png", SHOWN[shown])])

    # ------------------------------------------------------------- moods

    @rule(name=st.sampled_from(["evening", "work", "Work", "late"]))
    def make(self, name: str) -> None:
        made = self.lived.run(self.lived.app.roster.moods.make(self.who.id, name, self.lived.app.clock.now_ms()))
        there = name.casefold() in {mood.name.casefold() for mood in self.moods}
        assert (made is None) == (there or len(self.moods) >= MOST_MOODS)
        if made is not None:
            self.moods.append(made)
            self.active = made

    @rule(which=st.integers(0, MOST_MOODS))
    def switch(self, which: int) -> None:
        self.active = self.moods[which % len(self.moods)]
        number = self.active.number
        assert self.lived.run(self.lived.app.roster.moods.switch(self.who.id, number)) == self.active

    @rule(which=st.integers(0, MOST_MOODS))
    def erase(self, which: int) -> None:
        mood = self.moods[which % len(self.moods)]
        if mood == FIRST:
            return
        self.lived.run(self._erase(mood))

    async def _erase(self, mood: OwnMood) -> None:
        await self.lived.app.intake.drained()
        labels = sum(bool(felt) for felt in self._model(mood.number).values())
        assert await self.lived.app.erase_mood(self.who.id, mood.number) == labels
        self.moods.remove(mood)
        self.erased.append(mood)
        self.active = FIRST if mood == self.active else self.active
        self.reacted = {key: GONE if number == mood.number else number for key, number in self.reacted.items()}
        self.rated = {key: felt for key, felt in self.rated.items() if key[1] != mood.number}

    # -------------------------------------------------- what they feel in them

    deeds = st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(FEELINGS), st.booleans()), min_size=1, max_size=4
    )

    @rule(deeds=deeds)
    def react(self, deeds: list[Any]) -> None:
        for deed in deeds:
            self.lived.run(self._act(*deed))

    @rule(deeds=deeds)
    def away(self, deeds: list[Any]) -> None:
        self.lived.run(away_and_back(self.world, *(self._act(*deed) for deed in deeds)))

    async def _act(self, which: int, feeling: str, there: bool) -> None:
        message, shown = self.posts[which]
        key = (message.id, feeling)
        if there and key not in self.reacted and (shown, self.active.number) not in self.rated:
            await self.who.react(message, EMOJI[feeling])
            self.reacted[key] = self.active.number
        elif not there and key in self.reacted:
            await self.who.unreact(message, EMOJI[feeling])
            del self.reacted[key]

    @rule(shown=st.integers(0, 2), feeling=st.sampled_from(FEELINGS))
    def rate(self, shown: int, feeling: str) -> None:
        self.lived.run(self._rate(shown, feeling))

    async def _rate(self, shown: int, feeling: str) -> None:
        await self.lived.app.intake.drained()
        here = {message.id for message, image in self.posts if image == shown}
        if any(message in here and number == self.active.number for (message, _), number in self.reacted.items()):
            return
        felt = self.rated.get((shown, self.active.number), set())
        now, app = felt ^ {feeling}, self.lived.app
        fact = Rated(self.who.id, self.images[shown].hash, frozenset(now), self.guild.id, app.clock.now_ms())
        assert await app.intake.settle(fact, self.images[shown]) is None
        self.rated[shown, self.active.number] = now

    @rule()
    def restart(self) -> None:
        self.lived.run(self._restart())

    async def _restart(self) -> None:
        """Nothing is known but what is stored."""
        await self.lived.app.intake.drained()
        self.lived.app.roster.moods.__init__(self.lived.app.storage.own_moods)  # type: ignore[misc]
        await self.lived.app.roster.refresh()
        await away_and_back(self.world)

    # ---------------------------------------------------------- what must hold

    def _model(self, number: int) -> dict[int, set[str]]:
        """What is felt about each picture in a mood."""
        felt = {shown: set(self.rated.get((shown, number), ())) for shown in range(3)}
        for message, shown in self.posts:
            felt[shown] |= {f for (where, f), of in self.reacted.items() if (where, of) == (message.id, number)}
        return felt

    async def _stored(self, number: int) -> dict[int, set[str]]:
        await self.lived.app.intake.drained()
        storage = self.lived.app.storage
        key = ProfileKey(self.who.id, in_mood(self.lived.app.default_label_set.id, number))
        felt = {label.image_hash: set(label.emotions) for label in await storage.labels.labels(key)}
        profile = await storage.labels.profile(key)
        assert (profile.labels if profile else 0) == len(felt)
        return {shown: felt.get(image.hash, set()) for shown, image in enumerate(self.images)}

    @invariant()
    def each_mood_holds_what_was_felt_in_it(self) -> None:
        if not hasattr(self, "reacted"):
            return
        for mood in (*self.moods, *self.erased):
            assert self.lived.run(self._stored(mood.number)) == self._model(mood.number), mood
        listed = self.lived.run(self.lived.app.storage.own_moods.listed(self.who.id))
        assert {kept.mood for kept in listed} == set(self.moods)
        assert [kept.mood for kept in listed if kept.active] == [self.active]
        assert self.lived.app.roster.moods.of(self.who.id) == self.active


def test_moods_in_any_order(folder: Path) -> None:
    lived = Lived(folder)
    Moods.lived = lived
    try:
        case = Moods.TestCase
        case.settings = settings(
            max_examples=6,
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes hours
            suppress_health_check=list(HealthCheck),
        )
        case().runTest()
    finally:
        lived.close()
