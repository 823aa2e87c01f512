"""What this process did, for Prometheus: read from the parts that count it, whenever it is asked for.

No label is an id, so a server of metrics learns nothing of anybody; names of models and reasons are all there are.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from bot.app import App
from bot.host.workshop import Workshop
from bot.intake.tally import Tally
from bot.outgoing.notices import TAKEN_BACK
from core.ports import RunReport, Waiting
from core.vocabulary.errors import StorageError
from storage.database.times import BOUNDS

_LOOKS_S = 3.0


class Metrics(Collector):
    """The figures of one process."""

    def __init__(self, app: App | Workshop) -> None:
        self._app = app
        self._runs: Counter[str] = Counter()
        self._taken_back = 0
        self._waiting: Waiting | None = None
        app.listeners.append(self._ran)

    async def _ran(self, report: RunReport) -> None:
        self._runs[report.result.value] += 1
        self._taken_back += report.reason in TAKEN_BACK

    async def look(self) -> None:
        """Look what stands in the database, for the next time that figures are asked for."""
        try:
            async with asyncio.timeout(_LOOKS_S):
                self._waiting = await self._app.worker.waiting()
        except (StorageError, TimeoutError):
            self._waiting = None

    def collect(self) -> Iterator[Metric]:
        """Every figure; those of models and reasons appear with their first event."""
        line = self._app.gateway.line
        if isinstance(self._app, App):
            yield from _taken_in(self._app.intake.tally)
        by = ["model", "purpose", "outcome"]
        yield _counter("model_calls", "Requests to models, by purpose and outcome", by, line.outcomes)
        yield _counter("model_dollars", "What they cost, by purpose", by[:2], line.dollars)
        yield _counter("runs", "Tuning runs that ended, by result", ["result"], self._runs)
        yield CounterMetricFamily(
            "feelprint_versions_taken_back", "Versions that later labels took back", value=self._taken_back
        )
        yield _gauge("members_under_way", "For how many something is done here now", self._app.worker.under_way)
        yield self._database()
        if self._waiting is not None:
            yield _gauge("queue_members", "Members who wait to be tuned, in any process", self._waiting.members)
            yield _gauge(
                "queue_members_oldest_seconds", "For how long the first of them waits", self._waiting.oldest_s
            )

    def _database(self) -> Metric:
        family = HistogramMetricFamily(
            "feelprint_database_seconds", "How long transactions took, their waiting included", labels=["kind"]
        )
        for kind, times in self._app.storage.times.items():
            buckets, so_far = list[tuple[str, float]](), 0
            for bound, count in zip([*map(str, BOUNDS), "+Inf"], times.counts, strict=True):
                so_far += count
                buckets.append((bound, so_far))
            family.add_metric([kind], buckets, times.seconds)
        return family


def _taken_in(tally: Tally) -> Iterator[Metric]:
    """What only a bot does."""
    yield _counter("events", "Facts that came in, by kind", ["kind"], tally.events)
    yield _counter("decisions", "What facts came to, kept or why not", ["reason"], tally.decisions)
    yield _gauge("queue_facts", "Facts that are not settled yet", tally.waiting)
    yield _gauge("queue_oldest_seconds", "For how long the first of them has not been", tally.oldest_s)


def _counter(name: str, help_: str, labels: list[str], counts: Mapping[Any, float]) -> Metric:
    family = CounterMetricFamily(f"feelprint_{name}", help_, labels=labels)
    for key, value in list(counts.items()):
        family.add_metric([key] if isinstance(key, str) else list(key), value)
    return family


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"feelprint_{name}", help_, value=value)
