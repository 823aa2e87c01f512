"""What an evaluation says: a row for each method and training size, and the whole as JSON for machines.

Everything but the times depends on the dataset, the plan, the seed and the model's answers alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.evaluate.refusals import UnusedImage, UnusedUser
from core.evaluate.run import Evaluated, Life, Result
from core.evaluate.scoring import calibration_error, interval, share
from core.vocabulary.calls import Failure

CHANCE = "reworded"
"""The method whose share of users made worse is what chance alone does (docs/method.md#chance)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method at one training size, over the users of whom it could judge a picture.

    Accuracies in [0, 1], gains in points; calls per user. Without such a user there is no figure, and `lost` says
    how its questions failed. `as_they_came` and `gain_as_they_came` are over the labels of a replay, `versions`
    and `withdrawals` per user; None in one shot.
    """

    method: str
    n_train: int
    users: int
    accuracy: float | None
    accuracy_low: float | None
    accuracy_high: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    worse: float | None
    worse_by_a_point: float | None
    worse_by_chance: float | None
    image_calls: float
    text_calls: float
    writer_calls: float
    test_calls: float
    tokens: float
    usd: float
    failures: int
    brier: float | None = None
    skew: float | None = None
    calibration_error: float | None = None
    lost: Failure | None = None
    as_they_came: float | None = None
    gain_as_they_came: float | None = None
    gain_as_they_came_low: float | None = None
    gain_as_they_came_high: float | None = None
    versions: float | None = None
    withdrawals: float | None = None


THIRDS = ("little", "some", "much")


@dataclass(frozen=True, slots=True)
class Third:
    """The gain, in points, of a third of the people, by how much `room` they have to learn on average."""

    method: str
    n_train: int
    third: str
    users: int
    room: float
    gain: float
    gain_low: float
    gain_high: float


def by_room(evaluated: Evaluated, *, seed: int) -> tuple[Third, ...]:
    """Gains by how much there was to learn: thirds of the people by their `room` (see `Result`)."""
    groups: dict[tuple[int, str], list[Result]] = {}
    for result in evaluated.results:
        if result.score.total and result.method != CHANCE:
            groups.setdefault((result.n_train, result.method), []).append(result)
    thirds = []
    for (n, method), group in groups.items():
        ordered = sorted(group, key=lambda r: (r.room, r.user))
        cuts = [len(ordered) * third // 3 for third in range(4)]
        for name, start, end in zip(THIRDS, cuts, cuts[1:], strict=False):
            some = ordered[start:end]
            if some:
                gains = [r.gain for r in some]
                room = sum(r.room for r in some) / len(some)
                low, high = interval(gains, seed=seed)
                thirds.append(Third(method, n, name, len(some), room, sum(gains) / len(gains), low, high))
    return tuple(thirds)


def summarise(evaluated: Evaluated, *, seed: int) -> tuple[Row, ...]:
    """Rows in the order of the results. Intervals are 95 % bootstraps over users."""
    groups: dict[tuple[int, str], list[Result]] = {}
    for result in evaluated.results:
        groups.setdefault((result.n_train, result.method), []).append(result)
    return tuple(
        _row(method, n, group, groups.get((n, CHANCE)), seed)
        for (n, method), group in groups.items()
        if method != CHANCE
    )


def _row(method: str, n: int, group: Sequence[Result], chance: Sequence[Result] | None, seed: int) -> Row:
    count = len(group)
    judged = [r for r in group if r.score.total]
    gains = [result.gain for result in judged]
    low, high = interval(gains, seed=seed) if judged else (None, None)
    accuracy = [r.score.accuracy for r in judged]
    accuracy_low, accuracy_high = interval(accuracy, seed=seed) if judged else (None, None)
    lives = [r.life for r in judged if r.life is not None and r.life.came.total]
    came_low, came_high = interval([life.gain for life in lives], seed=seed) if lives else (None, None)
    return Row(
        method=method,
        n_train=n,
        users=len(judged),
        accuracy=_mean(accuracy),
        accuracy_low=accuracy_low,
        accuracy_high=accuracy_high,
        gain=_mean(gains),
        gain_low=low,
        gain_high=high,
        worse=_mean([float(gain < 0) for gain in gains]),
        worse_by_a_point=_mean([float(gain < -1) for gain in gains]),
        worse_by_chance=share([r.gain < 0 for r in chance]) if chance else None,
        image_calls=sum(r.learning.image_calls for r in group) / count,
        text_calls=sum(r.learning.text_calls for r in group) / count,
        writer_calls=sum(r.learning.writer_calls for r in group) / count,
        test_calls=sum(r.testing.calls for r in group) / count,
        tokens=sum(_tokens(r) for r in group) / count,
        usd=sum(r.learning.usd + r.testing.usd for r in group) / count,
        failures=sum(r.failed + r.learning.failures for r in group),
        brier=_mean([r.score.brier for r in judged]),
        skew=_mean([r.score.skew for r in judged]),
        calibration_error=calibration_error([pair for r in judged for pair in r.score.certain]),
        lost=next((r.lost for r in group if r.lost is not None), None),
        as_they_came=_mean([life.came.accuracy for life in lives]),
        gain_as_they_came=_mean([life.gain for life in lives]),
        gain_as_they_came_low=came_low,
        gain_as_they_came_high=came_high,
        versions=_mean([life.versions for life in lives]),
        withdrawals=_mean([life.withdrawals for life in lives]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def as_json(
    evaluated: Evaluated, rows: Sequence[Row], thirds: Sequence[Third], about: Mapping[str, Any]
) -> dict[str, Any]:
    """`about` (model, plan, versions, bill), `results`, `summary`, `by_room`, and what the shared answers cost."""
    return {
        "about": dict(about),
        "results": [_result(r) for r in evaluated.results if r.method != CHANCE],
        "summary": [_rounded({name: getattr(row, name) for name in row.__dataclass_fields__}) for row in rows],
        "by_room": [_rounded(asdict(third)) for third in thirds],
        "shared": _rounded(
            {
                "generic_calls": evaluated.shared.image_calls,
                "prompt_tokens": evaluated.shared.prompt_tokens,
                "completion_tokens": evaluated.shared.completion_tokens,
                "usd": evaluated.shared.usd,
                "failures": evaluated.shared.failures,
            }
        ),
        "left_out": [_unused(left) for left in evaluated.left_out],
    }


def _result(r: Result) -> dict[str, Any]:
    return _rounded(
        {
            "user": r.user,
            "method": r.method,
            "n_train": r.n_train,
            "accuracy": r.score.accuracy if r.score.total else None,
            "macro_f1": r.score.macro_f1 if r.score.total else None,
            "brier": r.score.brier if r.score.total else None,
            "skew": r.score.skew if r.score.total else None,
            "room": r.room,
            "correct": r.score.correct,
            "total": r.score.total,
            "gain": r.gain if r.score.total else None,
            "failed": r.failed,
            "lost": r.lost,
            "image_calls": r.learning.image_calls,
            "text_calls": r.learning.text_calls,
            "writer_calls": r.learning.writer_calls,
            "test_calls": r.testing.calls,
            "prompt_tokens": r.learning.prompt_tokens + r.testing.prompt_tokens,
            "completion_tokens": r.learning.completion_tokens + r.testing.completion_tokens,
            "usd": r.learning.usd + r.testing.usd,
            "seconds": r.seconds,
            "feelprint": r.feelprint,
        }
        | (_life(r.life) if r.life is not None else {})
    )


def _life(life: Life) -> dict[str, Any]:
    return {
        "as_they_came": life.came.accuracy if life.came.total else None,
        "gain_as_they_came": life.gain if life.came.total else None,
        "labels_predicted": life.came.total,
        "runs": life.runs,
        "stopped": life.stopped,
        "versions": life.versions,
        "withdrawals": life.withdrawals,
    }


def _tokens(r: Result) -> int:
    return sum(s.prompt_tokens + s.completion_tokens for s in (r.learning, r.testing))


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in values.items()}


def _unused(left: UnusedImage | UnusedUser) -> dict[str, Any]:
    if isinstance(left, UnusedUser):
        return asdict(left)
    return {"image": left.name, "reason": left.error.reason}
