"""What model servers have shown of themselves, kept over a restart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Ability:
    """What the model of that name at an address takes, as plain data, and when it showed that last."""

    address: str
    model: str
    takes: Mapping[str, Any]
    at: int


class AbilityStore(Protocol):
    """What is known of models, one row for each address and model. It is about nobody."""

    async def shown(self, address: str, since: int) -> tuple[Ability, ...]:
        """What the models at an address have shown since a time."""
        ...

    async def keep(self, ability: Ability) -> None:
        """Keep one in place of what was known of that model there."""
        ...
