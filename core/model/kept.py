"""What was paid for already, and nothing else: a way to the model on which no question is ever sent."""

from collections.abc import Callable
from typing import TypeVar

from core.model.config import ModelSettings
from core.ports import AnswerStore
from core.vocabulary.calls import Answer, Call, Failure, Outcome

T = TypeVar("T")


class KeptAnswers:
    """The gateway's cache alone."""

    def __init__(self, answers: AnswerStore, settings: ModelSettings) -> None:
        self._answers, self._settings = answers, settings

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """The answer that is kept; `Failure.UNAVAILABLE` where there is none that can be read. Raises
        StorageError.
        """
        kept = await self._answers.get(call.key(self._settings.model_for(call.purpose)))
        if kept is None:
            return Failure.UNAVAILABLE
        try:
            return Answer(parse(kept.text), kept.usage, cached=True)
        except ValueError:
            return Failure.UNAVAILABLE
