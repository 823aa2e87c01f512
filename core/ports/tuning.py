"""The stores that tuning works on together: given as one, since a run reads and writes all four."""

from typing import Protocol

from core.ports.labels import LabelStore
from core.ports.runs import RunStore
from core.ports.shadows import ShadowStore
from core.ports.versions import VersionStore


class TuningStores(Protocol):
    """What a tuning run, and acting on a shadow record, needs of storage."""

    @property
    def labels(self) -> LabelStore:
        """What members felt."""
        ...

    @property
    def versions(self) -> VersionStore:
        """What is deployed for them."""
        ...

    @property
    def runs(self) -> RunStore:
        """What was tried."""
        ...

    @property
    def shadows(self) -> ShadowStore:
        """How it has done since."""
        ...
