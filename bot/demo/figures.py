"""What a demo found, as plain data: the terminal, the report and the ten-seed measurement read the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo.people import Person
from bot.demo.pictures import Picture
from core.emotions import MIKELS
from core.errors import FeelprintError
from core.feelprint import Feelprint
from core.images import Image
from core.model.calls import Failure
from core.predicting import Predictor, Source
from core.tuning.shown import RuleShown, Tally

LEARNT, UNSEEN = 48, 24
"""How many pictures the members react to, and how many more they are asked about."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One unseen picture and one member: what was felt, what most people's answer is, what the bot said."""

    felt: str
    generic: str
    answer: str
    source: Source
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One member at the end of the demo. `active` is None where no feelprint passed the test; `told` is the
    bot's own sentence about the last tuning run, `card` its answer to /feelprint.
    """

    person: Person
    member_id: int
    labels: int
    active: Feelprint | None
    told: str
    guesses: tuple[Guess, ...]
    rules: tuple[RuleShown, ...] = ()
    since: Tally | None = None
    card: str = ""

    @property
    def generic_right(self) -> int:
        """On how many unseen pictures most people's answer was right."""
        return sum(guess.generic == guess.felt for guess in self.guesses)

    @property
    def right(self) -> int:
        """On how many unseen pictures the bot's answer to this member was right."""
        return sum(guess.answer == guess.felt for guess in self.guesses)

    @property
    def gain(self) -> float:
        """Accuracy of the answers less accuracy of the generic prompt, in points."""
        return 100.0 * (self.right - self.generic_right) / max(len(self.guesses), 1)


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
            raise FeelprintError("The model stopped answering; please start the demo again.")
        guesses.append(Guess(truth, MIKELS.top(said.generic), said.top, said.source, said.reason))
    return tuple(guesses)
