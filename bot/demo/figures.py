"""What a demo found, as plain data: the terminal, the report and the ten-seed measurement read the same."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.demo.people import Person
from bot.demo.pictures import Picture
from bot.errors import DemoError, DemoProblem
from core.predicting.predictor import Predictor
from core.predicting.shown import RuleShown, Tally, rules_shown, since_version
from core.vocabulary.calls import Failure
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Feelprint, Rule
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import AnswerSource, RuleStatus, RunReason
from storage import Storage

_FAILED = (RunReason.RULE_RETIRED, RunReason.ROLLED_BACK, RunReason.ROLLED_BACK_TO_GENERIC)
_RUNS = 50

LEARNT, UNSEEN = 48, 24
"""How many pictures the members react to, and how many more they are asked about."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One unseen picture and one member: what was felt, what most people's answer is, what the bot said."""

    felt: str
    generic: str
    answer: str
    source: AnswerSource
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What failed on later pictures: which version, or a rule of which, was taken back, and why; and the rules
    that are out of use for it, in their words.
    """

    moments: tuple[tuple[int, RunReason], ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One member at the end of the demo. `active` is None where no feelprint passed the test; `reason` is why
    the last tuning run ended as it did, `card` the bot's answer to /feelprint show. `later` is hit less
    generic hit on pictures that came after a version of theirs, `held` by rule the learnt pictures (by
    place) where its condition held.
    """

    person: Person
    member_id: int
    labels: int
    active: Feelprint | None
    reason: RunReason | None
    guesses: tuple[Guess, ...]
    rules: tuple[RuleShown, ...] = ()
    since: Tally | None = None
    card: str = ""
    later: tuple[float, ...] = ()
    held: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    taken: TakenBack = TakenBack()

    @property
    def generic_right(self) -> int:
        """On how many unseen pictures most people's answer was right."""
        return sum(guess.generic == guess.felt for guess in self.guesses)

    @property
    def right(self) -> int:
        """On how many unseen pictures the bot's answer to this member was right."""
        return sum(guess.answer == guess.felt for guess in self.guesses)

    @property
    def won_and_lost(self) -> tuple[int, int]:
        """On how many the bot's answer alone was right, and on how many most people's alone."""
        both = [(guess.answer == guess.felt, guess.generic == guess.felt) for guess in self.guesses]
        return both.count((True, False)), both.count((False, True))

    @property
    def gain(self) -> float:
        """Accuracy of the answers less accuracy of the generic prompt, in points."""
        return 100.0 * (self.right - self.generic_right) / max(len(self.guesses), 1)

    @property
    def gain_by_picture(self) -> float:
        """The part of the gain that comes from telling pictures apart, in points.

        The rest is what the same answers would have gained had they been given to pictures at random: it
        comes from knowing how often somebody feels what, which shuffled labels still tell.
        """
        felt = Counter(guess.felt for guess in self.guesses)
        answers = Counter(guess.answer for guess in self.guesses)
        answers.subtract(guess.generic for guess in self.guesses)
        at_random = sum(times * felt[name] for name, times in answers.items()) / max(len(self.guesses), 1) ** 2
        return self.gain - 100.0 * at_random


@dataclass(frozen=True, slots=True)
class Figures:
    """One demo: `learnt` and `unseen` pictures, `felt` by name about all of them in that order."""

    seed: int
    learnt: tuple[Picture, ...]
    unseen: tuple[Picture, ...]
    felt: dict[str, list[str]]
    members: tuple[Found, ...]
    seconds: float
    calls: int = 0

    @property
    def gain(self) -> float:
        """Mean gain over the members, in points."""
        return sum(member.gain for member in self.members) / max(len(self.members), 1)


async def ask(
    predictor: Predictor,
    images: Sequence[Image],
    member_id: int,
    felt: Sequence[str],
) -> tuple[Guess, ...]:
    """Ask about unseen pictures for one member. Raises FeelprintError if the model does not answer."""
    guesses = []
    for image, truth in zip(images, felt, strict=True):
        said = await predictor.predict(image, member_id, MIKELS)
        if isinstance(said, Failure) or said.generic is None:
            raise DemoError(DemoProblem.NO_ANSWER)
        guesses.append(Guess(truth, MIKELS.top(said.generic), said.top, said.source, said.reason))
    return tuple(guesses)


async def taken_back(storage: Storage, key: ProfileKey) -> TakenBack:
    """What had to be taken back of a member's feelprints, in order."""
    reports, records = await storage.runs.latest(key, limit=_RUNS), await storage.runs.rules(key)
    moments = tuple(
        (r.explanation.withdrawal.version, r.reason)
        for r in reversed(reports)
        if r.reason in _FAILED and r.explanation.withdrawal is not None
    )
    return TakenBack(moments, tuple(r.rule for r in records if r.status is RuleStatus.RETIRED))


async def found_of(storage: Storage, person: Person, member_id: int, guesses: tuple[Guess, ...]) -> Found:
    """What is stored about a member at the end, beside how well they were guessed."""
    key = ProfileKey(member_id, MIKELS.id)
    active, versions = await storage.versions.active(key), await storage.versions.all(key)
    records, shadows = await storage.runs.rules(key), await storage.shadows.all(key)
    last, labels = await storage.runs.last(key), await storage.labels.labels(key)
    return Found(
        person,
        member_id,
        len(labels),
        active,
        last.reason if last else None,
        guesses,
        rules_shown(active, versions, records, shadows) if active else (),
        since_version(active, shadows) if active else None,
        taken=await taken_back(storage, key),
    )
