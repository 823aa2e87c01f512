"""Joins, noes, yeses, pauses, erasures, reactions and absences in any order, against a plain model of them.

The model knows of each reaction that stands whether it must be stored, must not be, or (made while nobody
listened, to a picture older than a no) may be either, for nobody can know when it was made.
"""

import asyncio
import traceback
from contextlib import AsyncExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.vocabulary.emotions import normalise_emoji
from core.vocabulary.server_settings import ServerSettings
from tests.effort import TIMES
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import bot_on, picture, settings_for

EMOJIS = ("😂", "😮", "😨")
SHOWN = [picture(20 * n + 5) for n in range(4)]
MUST, NEVER, EITHER = "must", "never", "either"

pytestmark = pytest.mark.filterwarnings("ignore")


class Lived:
    """One bot on one simulated Discord, for all examples: each gets a server of its own."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.failures: list[str] = []
        self._stack = AsyncExitStack()
        self.app, self.env = self.run(self._stack.enter_async_context(bot_on(settings_for(folder))))

    def run(self, work: Any) -> Any:
        """Run it to its end. Whatever it raises is noted: Hypothesis keeps only what it raises a second time."""
        try:
            return self.runner.run(work)
        except Exception:
            self.failures.append(traceback.format_exc())
            raise

    def close(self) -> None:
        self.run(self._stack.aclose())
        self.runner.close()


class NoesAndAbsences(RuleBasedStateMachine):
    lived: Lived

    @initialize()
    def begin(self) -> None:
        self.lived.run(self._begin())

    def teardown(self) -> None:
        """The server chooses no channel any more: the restarts of later examples need not walk this one's."""
        if hasattr(self, "channel"):
            left = ServerSettings(self.channel.guild.id, frozenset(), seed_reactions=False)
            self.lived.run(self.lived.app.roster.save(left))

    async def _begin(self) -> None:
        env, app = self.lived.env, self.lived.app
        guild = env.create_guild("Pictures")
        self.channel = guild.create_text_channel("pictures")
        self.author = guild.add_member(env.create_user("author"))
        self.people = [guild.add_member(env.create_user(f"person{n}")) for n in range(2)]
        await app.roster.save(ServerSettings(guild.id, frozenset({self.channel.id}), seed_reactions=False))
        self.world = SimpleNamespace(app=app, env=env)
        self.posts: list[Any] = []
        self.last_no: dict[int, int] = {}
        self.joined: set[int] = set()
        self.known: set[int] = set()
        self.standing: dict[tuple[int, int, str], str] = {}
        for _ in range(2):
            await self._post(0)

    async def _post(self, shown: int) -> None:
        message = await self.author.send(self.channel, attachments=[("a.png", SHOWN[shown])])
        self.posts.append(message)

    # ------------------------------------------------------------- consent

    @rule(who=st.integers(0, 1), button=st.sampled_from(["Yes, count them", "No, start fresh", None]))
    def join(self, who: int, button: str | None) -> None:
        self.lived.run(self._join(self.people[who], button))

    async def _join(self, member: Any, button: str | None) -> None:
        if member.id in self.joined:
            await member.slash(self.channel, "join")
            return
        asked = await member.slash(self.channel, "join")
        self.joined.add(member.id)
        self.known.add(member.id)
        self.last_no[member.id] = self.posts[-1].id if self.posts else 0
        if button:
            await member.click(asked.response, label=button)
            await self.lived.app.catchup.idle()
        if button and button.startswith("Yes"):
            self.last_no[member.id] = 0
        await self._resolve(member.id, MUST if button and button.startswith("Yes") else NEVER)

    async def _resolve(self, member_id: int, otherwise: str) -> None:
        """A no or a yes: what is not stored at this moment is so from now on."""
        stored = await self._stored()
        for key in [key for key in self.standing if key[0] == member_id]:
            if self.standing[key] != MUST:
                self.standing[key] = MUST if key in stored or otherwise == MUST else NEVER

    @rule(who=st.integers(0, 1))
    def pause(self, who: int) -> None:
        member = self.people[who]
        if member.id in self.joined:
            self.lived.run(self._pause(member))

    async def _pause(self, member: Any) -> None:
        await member.slash(self.channel, "pause")
        self.joined.discard(member.id)
        await self._resolve(member.id, NEVER)

    @rule(who=st.integers(0, 1))
    def forget(self, who: int) -> None:
        member = self.people[who]
        if member.id in self.known:
            self.lived.run(self.lived.app.forget(member.id))
            self.joined.discard(member.id)
            self.known.discard(member.id)
            for key in [key for key in self.standing if key[0] == member.id]:
                self.standing[key] = NEVER

    # ------------------------------------------------- what people do meanwhile

    @rule(shown=st.integers(0, 3))
    def post(self, shown: int) -> None:
        self.lived.run(self._post(shown))

    deeds = st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 30), st.sampled_from(EMOJIS), st.booleans()),
        min_size=1,
        max_size=4,
    )

    @precondition(lambda self: self.posts)
    @rule(deeds=deeds)
    def react(self, deeds: list[Any]) -> None:
        for deed in deeds:
            self.lived.run(self._act(*deed, heard=True))

    async def _act(self, who: int, which: int, emoji: str, there: bool, *, heard: bool) -> None:
        member, message = self.people[who], self.posts[which % len(self.posts)]
        key = (member.id, message.id, normalise_emoji(emoji))
        if there and key not in self.standing:
            await member.react(message, emoji)
            counts = member.id in self.joined
            sure = heard or message.id > self.last_no.get(member.id, 0)
            self.standing[key] = NEVER if not counts else MUST if sure else EITHER
        elif not there and key in self.standing:
            await member.unreact(message, emoji)
            del self.standing[key]

    @precondition(lambda self: len(self.posts) > 1)
    @rule(which=st.integers(0, 30))
    def delete(self, which: int) -> None:
        self.lived.run(self._delete(which))

    async def _delete(self, which: int) -> None:
        message = self.posts.pop(which % len(self.posts))
        await self.author.delete(message)
        self.standing = {key: value for key, value in self.standing.items() if key[1] != message.id}

    @precondition(lambda self: self.posts)
    @rule(which=st.integers(0, 30), shown=st.integers(0, 3))
    def replace(self, which: int, shown: int) -> None:
        self.lived.run(self._replace(self.posts[which % len(self.posts)], shown))

    async def _replace(self, message: Any, shown: int) -> None:
        """Another file, even if it holds the same: what stands there was about the one before."""
        backend = self.lived.env.backend
        stored = await self._stored()
        files = backend.store_attachments(self.channel.id, [("b.png", SHOWN[shown])])
        backend.edit_message(self.channel.id, message.id, {"attachments": files})
        await self.lived.env.settle()
        for key in [key for key in self.standing if key[1] == message.id and key in stored]:
            self.standing[key] = NEVER

    # ----------------------------------------------------------- absences

    @rule(deeds=deeds, deleted=st.none() | st.integers(0, 30), posted=st.booleans())
    def away(self, deeds: list[Any], deleted: int | None, posted: bool) -> None:
        self.lived.run(self._away(deeds, deleted, posted))

    async def _away(self, deeds: list[Any], deleted: int | None, posted: bool) -> None:
        happens = [self._post(1)] if posted else []
        happens += [self._act(*deed, heard=False) for deed in deeds if self.posts]
        if deleted is not None and len(self.posts) > 1:
            happens.append(self._delete(deleted))
        await away_and_back(self.world, *happens)

    @rule()
    def restart(self) -> None:
        self.lived.run(away_and_back(self.world))

    # ---------------------------------------------------------- what must hold

    async def _stored(self) -> set[tuple[int, int, str]]:
        """What is stored, once what could not be looked at for a moment was looked at again."""
        await asyncio.wait_for(self.lived.app.intake.drained(), 20)
        await self.lived.app.catchup._retry()
        await asyncio.wait_for(self.lived.app.intake.drained(), 20)
        rows = await self.lived.app.storage.labels.reactions_on([message.id for message in self.posts])
        return {(member_id, message_id, emoji) for message_id, member_id, emoji, _ in rows}

    @invariant()
    def what_must_be_is_stored_and_what_must_not_is_not(self) -> None:
        if not hasattr(self, "posts"):
            return
        stored = self.lived.run(self._stored())
        must = {key for key, value in self.standing.items() if value == MUST}
        either = {key for key, value in self.standing.items() if value == EITHER}
        lost, excluded = must - stored, stored - must - either
        if lost or excluded:
            self.lived.failures.append(f"lost {lost}, excluded and stored {excluded}")
        assert lost == set(), "lost"
        assert excluded == set(), "excluded, and stored"


def test_noes_and_absences(folder: Path) -> None:
    lived = Lived(folder)
    NoesAndAbsences.lived = lived
    try:
        case = NoesAndAbsences.TestCase
        case.settings = settings(
            max_examples=5 * TIMES,
            stateful_step_count=12,
            deadline=None,
            phases=[
                Phase.explicit,
                Phase.reuse,
                Phase.generate,
            ],  # shrinking takes hours
            suppress_health_check=list(HealthCheck),
        )
        case().runTest()
    finally:
        lived.close()
