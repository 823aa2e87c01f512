"""Small made-up data for tests of the questions, and a gateway that answers from a list."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from core.asking.questions import Description, Example
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Usage
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image

T = TypeVar("T")

PICTURE = Image("ab" * 32, b"jpeg", 640, 480)


def picture(number: int) -> Image:
    return Image(f"{number:064x}", b"jpeg", 640, 480)


def example(number: int, felt: str, guess: str) -> Example:
    weights = dict.fromkeys(MIKELS.names, 1.0) | {guess: 9.0}
    return Example(picture(number), {felt: 1.0}, MIKELS.distribution(weights), Description("A sky.", ("sky",)))


class ListedGateway:
    """Answers with the given texts in order and remembers the calls; a Failure in the list is returned."""

    def __init__(self, answers: Sequence[str | Failure]) -> None:
        self.answers = list(answers)
        self.calls: list[Call] = []

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        self.calls.append(call)
        answer = self.answers.pop(0)
        if isinstance(answer, Failure):
            return answer
        try:
            return Answer(parse(answer), Usage(10, 5), cached=False)
        except ValueError:
            return Failure.INVALID
