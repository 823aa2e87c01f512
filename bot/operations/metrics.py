"""What this process did, for Prometheus: read from the parts that count it, whenever it is asked for.

No label is an id, so a server of metrics learns nothing of anybody; names of models and reasons are all there are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from bot.app import App
from bot.outgoing.notices import TAKEN_BACK
from core.ports import RunReport
from storage.database.times import BOUNDS


class Metrics(Collector):
    """The figures of one app."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._runs: Counter[str] = Counter()
        self._taken_back = 0
        app.listeners.append(self._ran)

    async def _ran(self, report: RunReport) -> None:
        self._runs[report.result.value] += 1
        self._taken_back += report.reason in TAKEN_BACK

    def collect(self) -> Iterator[Metric]:
        """Every figure; those of models and reasons appear with their first event."""
        tally, line = self._app.intake.tally, self._app.gateway.line
        yield _counter("events", "Facts that came in, by kind", ["kind"], tally.events)
        yield _counter("decisions", "What facts came to, kept or why not", ["reason"], tally.decisions)
        yield _gauge("queue_facts", "Facts that are not settled yet", tally.waiting)
        yield _gauge("queue_oldest_seconds", "For how long the first of them has not been", tally.oldest_s)
        by = ["model", "purpose", "outcome"]
        yield _counter("model_calls", "Requests to models, by purpose and outcome", by, line.outcomes)
        yield _counter("model_dollars", "What they cost, by purpose", by[:2], line.dollars)
        yield _counter("runs", "Tuning runs that ended, by result", ["result"], self._runs)
        yield CounterMetricFamily(
            "feelprint_versions_taken_back", "Versions that later labels took back", value=self._taken_back
        )
        yield _gauge("members_under_way", "For how many the worker does something now", self._app.worker.under_way)
        yield self._database()

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


def _counter(name: str, help_: str, labels: list[str], counts: Mapping[Any, float]) -> Metric:
    family = CounterMetricFamily(f"feelprint_{name}", help_, labels=labels)
    for key, value in list(counts.items()):
        family.add_metric([key] if isinstance(key, str) else list(key), value)
    return family


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"feelprint_{name}", help_, value=value)
