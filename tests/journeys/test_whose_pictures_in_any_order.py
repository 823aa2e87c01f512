"""Noes about pictures, their ends, reactions, absences and restarts in any order, against a plain model of them.

The model knows of each reaction that stands whether it must be stored, must not be, or (made while nobody
listened) may be either, for nobody can know when it was made.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.vocabulary.emotions import normalise_emoji
from core.vocabulary.exclusions import EVERYWHERE, By, Exclusion, What
from core.vocabulary.moments import moment_of
from core.vocabulary.server_settings import ServerSettings
from tests.effort import TIMES
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import picture
from tests.journeys.test_noes_and_absences import EITHER, EMOJIS, MUST, NEVER, Lived

SHOWN = [picture(60 * n + 5) for n in range(2)]

pytestmark = pytest.mark.filterwarnings("ignore")


class WhosePictures(RuleBasedStateMachine):
    """Two authors, two pictures, two members who react; every word goes the road of the commands."""

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
        self.authors = [self.guild.add_member(env.create_user(f"author{n}")) for n in range(2)]
        self.people = [self.guild.add_member(env.create_user(f"person{n}")) for n in range(2)]
        await app.roster.save(ServerSettings(self.guild.id, frozenset({self.channel.id}), seed_reactions=False))
        self.world = SimpleNamespace(app=app, env=env)
        self.hashes = [(await app.images.normalise(data)).hash for data in SHOWN]
        self.posts: list[tuple[Any, int, int]] = []
        self.said: dict[tuple[Any, ...], bool] = {}
        self.ended = False
        self.standing: dict[tuple[int, int, str], str] = {}
        for person in self.people:
            await person.slash(self.channel, "join")
        for n in range(4):
            await self._post(n % 2, n // 2)

    async def _post(self, author: int, shown: int) -> None:
        message = await self.authors[author].send(self.channel, attachments=[("a.png", SHOWN[shown])])
        self.posts.append((message, author, shown))

    def _is_out(self, post: tuple[Any, int, int]) -> bool:
        message, author, shown = post
        subjects = [("message", message.id), ("author", author), ("picture", shown), ("copy", author, shown)]
        return any(self.said.get(subject, False) for subject in subjects)

    # ------------------------------------------------------------- what is said

    @rule(which=st.integers(0, 30), kind=st.sampled_from(["own", "all", "message", "picture"]), out=st.booleans())
    def say(self, which: int, kind: str, out: bool) -> None:
        self.lived.run(self._say(self.posts[which % len(self.posts)], kind, out))

    async def _say(self, post: tuple[Any, int, int], kind: str, out: bool) -> None:
        app, (message, author, shown) = self.lived.app, post
        who, image = self.authors[author].id, self.hashes[shown]
        here, moment = self.guild.id, moment_of(app.clock.now_ms())
        rows = {
            "own": [(EVERYWHERE, By.AUTHOR, What.PICTURE, image, who)],
            "all": [(here, By.AUTHOR, What.AUTHOR, str(who), who)],
            "message": [(here, By.ADMIN, What.MESSAGE, str(message.id), 0)],
            "picture": [(here, By.ADMIN, What.PICTURE, image, 0)],
        }[kind]
        about = {
            "own": ("copy", author, shown),
            "all": ("author", author),
            "message": ("message", message.id),
            "picture": ("picture", shown),
        }[kind]
        await app.intake.drained()
        await app.withhold([Exclusion(*row, out, moment) for row in rows])
        self.said[about] = out
        for message, author, shown in self.posts:
            if self._is_out((message, author, shown)):
                for key in [key for key in self.standing if key[1] == message.id]:
                    self.standing[key] = NEVER

    # ------------------------------------------------- what people do meanwhile

    @rule(author=st.integers(0, 1), shown=st.integers(0, 1))
    def post(self, author: int, shown: int) -> None:
        self.lived.run(self._post(author, shown))

    deeds = st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 30), st.sampled_from(EMOJIS), st.booleans()),
        min_size=1,
        max_size=4,
    )

    @rule(deeds=deeds)
    def react(self, deeds: list[Any]) -> None:
        for deed in deeds:
            self.lived.run(self._act(*deed, heard=True))

    async def _act(self, who: int, which: int, emoji: str, there: bool, *, heard: bool) -> None:
        member, post = self.people[who], self.posts[which % len(self.posts)]
        key = (member.id, post[0].id, normalise_emoji(emoji))
        if there and key not in self.standing:
            await member.react(post[0], emoji)
            self.standing[key] = NEVER if self._is_out(post) else MUST if heard or not self.said else EITHER
        elif not there and key in self.standing:
            await member.unreact(post[0], emoji)
            del self.standing[key]

    @rule(deeds=deeds)
    def away(self, deeds: list[Any]) -> None:
        self.lived.run(away_and_back(self.world, *(self._act(*deed, heard=False) for deed in deeds)))

    @rule()
    def restart(self) -> None:
        self.lived.run(self._restart())

    async def _restart(self) -> None:
        """Nothing is known but what is stored."""
        await self.lived.app.intake.drained()
        self.lived.app.roster.exclusions.__init__()  # type: ignore[misc]
        await self.lived.app.roster.refresh()
        await away_and_back(self.world)

    # ---------------------------------------------------------- what must hold

    async def _stored(self) -> set[tuple[int, int, str]]:
        await self.lived.app.intake.drained()
        rows = await self.lived.app.storage.labels.reactions_on([post[0].id for post in self.posts])
        return {(member_id, message_id, emoji) for message_id, member_id, emoji, _ in rows}

    @invariant()
    def what_must_be_is_stored_and_what_must_not_is_not(self) -> None:
        if not hasattr(self, "posts"):
            return
        stored = self.lived.run(self._stored())
        must = {key for key, value in self.standing.items() if value == MUST}
        either = {key for key, value in self.standing.items() if value == EITHER}
        assert must - stored == set(), "lost"
        assert stored - must - either == set(), "withheld, and stored"


def test_whose_pictures_in_any_order(folder: Path) -> None:
    lived = Lived(folder)
    WhosePictures.lived = lived
    try:
        case = WhosePictures.TestCase
        case.settings = settings(
            max_examples=5 * TIMES,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes hours
            suppress_health_check=list(HealthCheck),
        )
        case().runTest()
    finally:
        lived.close()
