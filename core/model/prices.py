"""What models cost, as far as is known: list prices of the one provider that most people begin with.

A price that nobody stated is asked for (`feelprint doctor`), never taken for nothing: until it is set, calls count
at the highest price known here, so that a cap is reached too early rather than too late.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    prompt: float = 0.0
    completion: float = 0.0

    def usd(self, prompt: float, completion: float) -> float:
        """What so many tokens cost."""
        return (prompt * self.prompt + completion * self.completion) / 1e6


OPENAI_PRICES: Mapping[str, Price] = {
    "gpt-4.1": Price(2.00, 8.00),
    "gpt-4.1-mini": Price(0.40, 1.60),
    "gpt-4.1-nano": Price(0.10, 0.40),
    "gpt-4o": Price(2.50, 10.00),
    "gpt-4o-mini": Price(0.15, 0.60),
    "gpt-5": Price(1.25, 10.00),
    "gpt-5-mini": Price(0.25, 2.00),
    "gpt-5-nano": Price(0.05, 0.40),
}
"""As OpenAI listed them; what a model costs anywhere else, only its provider knows."""

_LISTED = OPENAI_PRICES.values()
DEAREST = Price(max(one.prompt for one in _LISTED), max(one.completion for one in _LISTED))
