"""Members who label, are tuned for and tested: what the contracts of tuning begin from."""

from dataclasses import replace

from core.ports import Profile, RunReport
from core.vocabulary.reasons import Mode, RunResult
from storage import Storage
from tests.storage.lives import feelprint
from tests.storage.made import SET, T0, key, rated

ANN, BEN = 11, 12
FEELINGS = ("awe", "fear", "amusement", "sadness")


async def label(storage: Storage, member: int, pictures: range, *, emotions: int = 4, at: int = 0) -> None:
    await storage.labels.apply([rated(member, n, FEELINGS[n % emotions], at=at + n) for n in pictures])


def run(
    member: int, n: int, *, started: int = 0, result: RunResult = RunResult.DEPLOYED, run_id: str = "r"
) -> RunReport:
    report = RunReport(run_id, member, SET, Mode.RULES, 1, n, T0 + started, T0 + started + 1)
    return replace(report, result=result)


async def deployed(storage: Storage, version: int = 1, *, started: int, made: int, member: int = ANN) -> None:
    """A run over eight labels began and made a version at these times."""
    finished = run(member, 8, started=started, run_id=f"r{version} of {member}")
    assert await storage.runs.finish(finished, deploy=feelprint(member, version, at=T0 + made))


async def profile_of(storage: Storage, member: int) -> Profile:
    profile = await storage.labels.profile(key(member))
    assert profile is not None
    return profile
