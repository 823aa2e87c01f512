"""The journey that the demo plays: everything goes over the simulated Discord to the real bot.

Two waves of pictures: after the first the bot tunes, the second tests what it learned before it tunes again.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.app import App
from bot.demo.clock import StoryClock
from bot.demo.figures import LEARNT, UNSEEN, Figures, Found, Guess, ask, found_of, taken_back
from bot.demo.people import PEOPLE, Person, reactions
from bot.demo.pictures import Picture, draw_many
from bot.demo.story import STEPS, Asked, Story, shows
from bot.demo.world import World, invite, post, set_up, text_of
from bot.errors import DemoError, DemoProblem
from bot.words.outcomes import run_result_short
from core.predicting.shown import Tally
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import reference_of
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult

ASKED = 4
"""How many unseen pictures each member asks about with /feel; the others go straight to the predictor."""

_PATIENCE_S = 240.0
"""So long nothing at all goes on in any run, or what was felt is not yet stored and tested."""


class Journey:
    """One telling of the story, from /setup to the final table."""

    def __init__(
        self,
        app: App,
        world: World,
        story: Story,
        clock: StoryClock,
        seed: int,
        *,
        learnt: int = LEARNT,
        unseen: int = UNSEEN,
    ) -> None:
        self._app, self._world, self._story, self._clock, self._seed = app, world, story, clock, seed
        self._learnt, self._unseen = learnt, unseen

    async def play(self) -> Figures:
        """Play all of it. Raises FeelprintError where the bot does not come to an end."""
        began, story = time.perf_counter(), self._story
        story.opening(self._seed)
        pictures = await self._drawn()
        felt = reactions([p.scene for p in pictures], self._seed)
        half = self._learnt // 2
        await self._joined()
        await self._wave(3, pictures[:half], {name: f[:half] for name, f in felt.items()}, first=True)
        second = {name: f[half : self._learnt] for name, f in felt.items()}
        await self._wave(4, pictures[half : self._learnt], second, first=False)
        members = await self._asked(pictures, felt)
        calls = sum((await self._app.storage.answers.calls()).values())
        seconds = time.perf_counter() - began
        seen, unseen = tuple(pictures[: self._learnt]), tuple(pictures[self._learnt :])
        figures = Figures(self._seed, seen, unseen, felt, tuple(members), seconds, calls)
        story.pictures(figures)
        story.verdict(figures)
        story.say(f"[dim]{calls} questions to the offline model, {seconds:.0f} seconds.[/dim]")
        return figures

    async def _drawn(self) -> list[Picture]:
        story = self._story
        words = f"{self._learnt} to react to, and {self._unseen} that nobody will see until the end."
        story.chapter(1, "Pictures", words)
        total = self._learnt + self._unseen
        with story.bars({"": ("drawn   ", total)}) as (progress, tasks):
            return await asyncio.to_thread(draw_many, total, self._seed, partial(progress.advance, tasks[""]))

    async def _joined(self) -> None:
        story, world = self._story, self._world
        story.chapter(2, "A server", "Ada chooses a channel with /setup and posts the invitation.")
        setup = await set_up(world, world.channel, at=world.channel)
        panel = await invite(world, setup, world.channel)
        for place, actor in enumerate(world.members.values()):
            if place % 2:
                await actor.click(panel, label="Join")
            else:
                await actor.slash(world.channel, "join")
        story.say("Five members join. This is what they are like; the bot is told none of it.")
        story.people()

    async def _wave(
        self, number: int, pictures: Sequence[Picture], felt: dict[str, list[str]], *, first: bool
    ) -> None:
        """Post pictures, react to them, and let the bot tune."""
        story, many = self._story, len(pictures)
        words = "They post pictures and react as they feel." if first else "As many pictures again."
        story.chapter(number, "Reacting" if first else "More pictures", words)
        rows = {"posted": ("pictures", many)} | {person.name: (_named(person), many) for person in PEOPLE}
        with self._clock.standing(), story.bars(rows) as (progress, tasks):
            for place, picture in enumerate(pictures):
                self._clock.tick()
                words = shows(picture.scene)
                message = await post(self._world, self._world.channel, picture.png, place, words)
                progress.advance(tasks["posted"])
                for name, actor in self._world.members.items():
                    await actor.react(message, MIKELS.emoji_of(felt[name][place]))
                    progress.advance(tasks[name])
                await self._settled()
        keys = [ProfileKey(actor.id, MIKELS.id) for actor in self._world.members.values()]
        counts = [await self._app.storage.labels.labels(key) for key in keys]
        story.say(f"{sum(len(labels) for labels in counts)} labels are stored.")
        await self._tuned(len(counts[0]))
        if first:
            story.say("From here on, every new reaction first tests what the bot would have said.")
        else:
            story.say("Against most people's answer, on these pictures, the feelprints, while in use, were:")
            story.tested({name: await self._record(actor.id) for name, actor in self._world.members.items()})
            keyed = {name: ProfileKey(actor.id, MIKELS.id) for name, actor in self._world.members.items()}
            story.taken_back({name: await taken_back(self._app.storage, key) for name, key in keyed.items()})

    async def _record(self, member_id: int) -> Tally:
        """How all of a member's versions did on pictures that came after them."""
        shadows = await self._app.storage.shadows.all(ProfileKey(member_id, MIKELS.id))
        gains = [s.hit - s.generic_hit for s in shadows]
        return Tally(sum(g > 0 for g in gains), sum(g < 0 for g in gains), sum(g == 0 for g in gains))

    async def _tuned(self, labels: int) -> None:
        """Show the bot's own tuning runs until everybody's is done."""
        story, worker = self._story, self._app.worker
        rows = {p.name: (_named(p), 1) for p in PEOPLE}
        waiting = dict(self._world.members)
        story.say("Nobody reacts for a moment, and the bot tunes.")
        worker.wake()  # it slept by a clock that stood
        began, before = time.monotonic(), None
        with story.bars(rows) as (progress, tasks):
            while waiting:
                now = [worker.progress_of(ProfileKey(actor.id, MIKELS.id)) for actor in waiting.values()]
                if now != before:
                    began, before = time.monotonic(), now
                elif time.monotonic() - began > _PATIENCE_S:
                    raise DemoError(DemoProblem.SLOW)
                for name, actor in list(waiting.items()):
                    key = ProfileKey(actor.id, MIKELS.id)
                    report = await self._app.storage.runs.last(key)
                    if report is not None and report.result != RunResult.RUNNING and report.n_labels >= labels:
                        note = run_result_short(report.result, report.explanation.version)
                        progress.update(tasks[name], completed=1, total=1, note=note)
                        del waiting[name]
                    elif step := worker.progress_of(key):
                        note, total = STEPS.get(step.step, ""), max(step.total, 1)
                        progress.update(tasks[name], completed=step.done, total=total, note=note)
                await asyncio.sleep(0.1)
        await self._settled()

    async def _settled(self) -> None:
        """What was felt is stored, and has tested what it can test: it may take a rule out, and make a version."""
        began = time.monotonic()
        await self._app.intake.drained()
        while await self._watching():
            if time.monotonic() - began > _PATIENCE_S / 2:
                self._clock.go_on()  # something failed and was put off; the story may differ, but it ends
            if time.monotonic() - began > _PATIENCE_S:
                raise DemoError(DemoProblem.SLOW)
            await asyncio.sleep(0.02)

    async def _watching(self) -> bool:
        busy = any(self._app.worker.is_busy(actor.id) for actor in self._world.members.values())
        return busy or bool(await self._app.storage.due.for_shadows(limit=1))

    async def _asked(self, pictures: Sequence[Picture], felt: dict[str, list[str]]) -> list[Found]:
        """Everybody reads their feelprint and asks about pictures that nobody's tuning saw."""
        story, app, world = self._story, self._app, self._world
        story.chapter(5, "Feelprints", "What /feelprint show answers each of them.")
        cards = {}
        for person in PEOPLE:
            answer = await world.members[person.name].slash(world.channel, "feelprint show")
            cards[person.name] = text_of(answer)
            story.answer(person, "/feelprint show", cards[person.name])
        story.chapter(6, "How would I feel?", f"{self._unseen} pictures that nobody has reacted to.")
        unseen = pictures[self._learnt :]
        images = [await app.images.normalise(picture.png) for picture in unseen]
        learnt = [await app.images.normalise(picture.png) for picture in pictures[: self._learnt]]
        seen = [reference_of(image.hash) for image in learnt]
        members, rows = [], []
        for place, person in enumerate(PEOPLE):
            member_id, truth = world.members[person.name].id, felt[person.name][self._learnt :]
            mine = [(place * ASKED + k) % self._unseen for k in range(ASKED)]
            answers = [await self._feel(person, unseen[k]) for k in mine]
            guesses = await ask(app.predictor, images, member_id, truth)
            rows += [_row(person, unseen[k], guesses[k], card) for k, card in zip(mine, answers, strict=True)]
            members.append(await self._found(person, member_id, guesses, cards[person.name], seen))
        story.asked(rows)
        return members

    async def _feel(self, person: Person, picture: Picture) -> str:
        """Ask with /feel and an upload, as a member does."""
        upload = ("picture.png", picture.png)
        return text_of(await self._world.members[person.name].slash(self._world.channel, "feel", image=upload))

    async def _found(
        self, person: Person, member_id: int, guesses: tuple[Guess, ...], card: str, seen: Sequence[str]
    ) -> Found:
        stored, key = self._app.storage, ProfileKey(member_id, MIKELS.id)
        found = await found_of(self._app.storage, person, member_id, guesses)
        gains = tuple(s.hit - s.generic_hit for s in await stored.shadows.all(key))
        records = await stored.runs.rules(key)
        held = {r.rule.id: tuple(seen.index(h) for h in r.held_on if h in seen) for r in records}
        return replace(found, card=card, later=gains, held=held)


def _row(person: Person, picture: Picture, guess: Guess, card: str) -> Asked:
    own, right = guess.answer != guess.generic, guess.answer == guess.felt
    return Asked(person, shows(picture.scene), card, own, right)


def _named(person: Person) -> str:
    return f"[{person.colour}]{person.name:<8}[/]"
