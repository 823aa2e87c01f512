import asyncio
import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.decoding.normalise import normalise
from core.decoding.workers import ImageWorkers
from core.vocabulary.errors import FileKind, ImageError, ImageProblem
from core.vocabulary.images import MAX_INPUT_BYTES, MAX_SIDE, Image
from tests.core.samples import BOMBS, encoded, mutant, originals, scene

pytestmark = pytest.mark.slow  # processes that are bombed, killed and waited for

ROOT = Path(__file__).resolve().parents[3]
GOOD = encoded(scene(), "PNG")
HEAVY = BOMBS["40 million pixels with alpha"]

linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")


@pytest.fixture
async def workers() -> AsyncIterator[ImageWorkers]:
    async with ImageWorkers() as workers:
        yield workers


async def test_a_worker_does_what_the_pure_function_does(workers: ImageWorkers) -> None:
    for data in (GOOD, encoded(scene(1600, 900), "JPEG")):
        for side in (MAX_SIDE, 100):
            assert await workers.normalise(data, side) == normalise(data, side)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", ImageProblem.EMPTY),
        (b"\xff" * (MAX_INPUT_BYTES + 1), ImageProblem.TOO_LARGE),
        (GOOD[:300], ImageProblem.BROKEN),
        (b"%PDF-1", ImageProblem.UNSUPPORTED),
    ],
)
async def test_why_a_picture_cannot_be_used_comes_out_of_the_worker(
    workers: ImageWorkers, data: bytes, reason: ImageProblem
) -> None:
    with pytest.raises(ImageError) as error:
        await workers.normalise(data)
    assert error.value.reason is reason
    assert (error.value.kind is FileKind.PDF) is (data == b"%PDF-1")


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_hurts_nobody(workers: ImageWorkers, name: str) -> None:
    bomb = BOMBS[name]()
    began, pids = time.monotonic(), workers.pids
    outcome = await _outcome(workers, bomb)
    assert isinstance(outcome, Image | ImageError)
    assert time.monotonic() - began < 6
    assert workers.pids == pids, "the worker itself survived"
    assert await workers.normalise(GOOD)


async def test_300_mutants_are_pictures_or_sentences(workers: ImageWorkers) -> None:
    rng, good, pids = random.Random(20260101), originals(), workers.pids
    outcomes = [await _outcome(workers, mutant(rng, good)) for _ in range(300)]
    assert 20 < sum(isinstance(outcome, Image) for outcome in outcomes) < 280
    assert workers.pids == pids


async def _outcome(workers: ImageWorkers, data: bytes) -> Image | ImageError:
    try:
        return await workers.normalise(data)
    except ImageError as error:
        return error


async def test_a_worker_that_stands_still_costs_nobody_a_picture() -> None:
    async with ImageWorkers(timeout_s=0.5) as workers:
        await workers.normalise(GOOD)
        (stuck,) = workers.pids
        os.kill(stuck, signal.SIGSTOP)
        job = asyncio.create_task(workers.normalise(GOOD))
        await asyncio.sleep(0.2)
        workers._workers[0]._timeout_s = 5.0  # the new process may start slowly on a busy machine
        assert await job
        assert workers.pids != (stuck,)
        assert not _runs(stuck)


async def test_a_picture_that_is_late_twice_is_given_up_and_the_next_one_works() -> None:
    async with ImageWorkers(timeout_s=0.3) as workers:
        job = asyncio.create_task(_outcome(workers, GOOD))
        while not job.done():
            for pid in workers.pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(0.01)
        assert (await job).reason is ImageProblem.BUSY
        workers._workers[0]._timeout_s = 5.0
        for pid in workers.pids:
            os.kill(pid, signal.SIGKILL)
        assert await workers.normalise(GOOD)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
async def test_a_worker_that_dies_with_a_picture_in_hand_costs_nobody_a_picture(how: signal.Signals) -> None:
    async with ImageWorkers(count=2) as workers:
        for _ in range(2):
            await workers.normalise(GOOD)
        victim, other = workers.pids
        os.kill(victim, signal.SIGSTOP)
        jobs = [asyncio.create_task(_outcome(workers, encoded(scene(seed=i), "PNG"))) for i in range(20)]
        await asyncio.sleep(0.2)
        os.kill(victim, how)
        os.kill(victim, signal.SIGCONT)
        assert all(isinstance(outcome, Image) for outcome in await asyncio.gather(*jobs))
        assert workers.pids[0] != victim
        assert workers.pids[1] == other
        assert await asyncio.gather(*(workers.normalise(GOOD) for _ in range(4)))


async def test_workers_that_die_together_with_the_arrival_of_pictures_cost_nobody_one() -> None:
    rng = random.Random(7)
    async with ImageWorkers(count=2) as workers:
        for _ in range(20):
            jobs = [asyncio.create_task(_outcome(workers, GOOD)) for _ in range(2)]
            await asyncio.sleep(0)
            os.kill(rng.choice(workers.pids), signal.SIGKILL)
            assert all(isinstance(outcome, Image) for outcome in await asyncio.gather(*jobs))


async def test_a_picture_under_which_two_workers_died_is_given_up(workers: ImageWorkers) -> None:
    await workers.normalise(GOOD)
    job = asyncio.create_task(_outcome(workers, HEAVY()))
    killed: set[int] = set()
    while not job.done():
        await asyncio.sleep(0.01)
        for pid in set(workers.pids) - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
    assert (await job).reason is ImageProblem.UNREADABLE
    assert await workers.normalise(GOOD)


async def test_the_worst_picture_of_one_member_delays_others_by_two_seconds_at_most(
    workers: ImageWorkers,
) -> None:
    await workers.normalise(GOOD)
    worst = BOMBS["a JPEG of 3,000 scans"]()
    jobs = [asyncio.create_task(workers.normalise(worst, owner=1)) for _ in range(3)]
    await asyncio.sleep(0.01)
    began = time.monotonic()
    assert await workers.normalise(GOOD, owner=2)
    assert time.monotonic() - began < 2.0
    reasons = {error.reason for error in await asyncio.gather(*jobs, return_exceptions=True)}
    assert reasons <= {ImageProblem.TOO_LARGE, ImageProblem.SLOW}


async def test_a_picture_has_so_much_of_the_processor_and_no_more() -> None:
    async with ImageWorkers(work_s=0.05) as workers:
        with pytest.raises(ImageError) as error:
            await workers.normalise(HEAVY())
        assert error.value.reason is ImageProblem.SLOW
        assert await workers.normalise(GOOD)


async def test_people_take_turns(workers: ImageWorkers) -> None:
    await workers.normalise(GOOD)
    done: list[int] = []

    async def ask(owner: int) -> None:
        await workers.normalise(GOOD, owner=owner)
        done.append(owner)

    await asyncio.gather(*(ask(owner) for owner in [1] * 9 + [2]))
    assert done.index(2) <= 2


async def test_a_worker_that_died_while_idle_costs_nobody_a_picture(workers: ImageWorkers) -> None:
    await workers.normalise(GOOD)
    (pid,) = workers.pids
    os.kill(pid, signal.SIGKILL)
    assert _ended(pid)
    assert await workers.normalise(GOOD) == normalise(GOOD)
    assert workers.pids != (pid,)


async def test_one_who_goes_away_leaves_the_worker_to_the_next(workers: ImageWorkers) -> None:
    pids = workers.pids
    jobs = [asyncio.create_task(workers.normalise(GOOD)) for _ in range(6)]
    await asyncio.sleep(0.01)
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
    assert await workers.normalise(GOOD) == normalise(GOOD)
    assert workers.pids == pids


async def test_closing_ends_the_workers_and_answers_those_who_wait() -> None:
    async with ImageWorkers() as workers:
        await workers.normalise(GOOD)
        pids = workers.pids
        os.kill(pids[0], signal.SIGSTOP)
        jobs = [asyncio.create_task(_outcome(workers, GOOD)) for _ in range(3)]
        await asyncio.sleep(0.05)
    assert [outcome.reason for outcome in await asyncio.gather(*jobs)] == [ImageProblem.CLOSING] * 3
    assert not any(_runs(pid) for pid in pids)
    with pytest.raises(ImageError, match=ImageProblem.CLOSING):
        await workers.normalise(GOOD)


PROGRAM = textwrap.dedent(
    """
    import asyncio, os, signal, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from core.decoding.workers import ImageWorkers

    async def main():
        async with ImageWorkers() as workers:
            image = await workers.normalise(Path(sys.argv[2]).read_bytes())
            print(image.hash, workers.pids[0], flush=True)
            if "die" in sys.argv:
                os.kill(os.getpid(), signal.SIGKILL)

    print("started", flush=True)
    asyncio.run(main())
    """
)


@pytest.mark.parametrize("how", ["script", "command", "module"])
def test_workers_start_under_any_main_module_and_folder(tmp_path: Path, how: str) -> None:
    output = _run_program(tmp_path, how)
    assert output == ["started", normalise(GOOD).hash]


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    done = _program(tmp_path, "script", "die")
    pid = int(done.stdout.split()[2])
    assert _ended(pid)


def _run_program(folder: Path, how: str) -> list[str]:
    return _program(folder, how).stdout.split()[:2]


def _program(folder: Path, how: str, *more: str) -> subprocess.CompletedProcess[str]:
    (folder / "aprogram.py").write_text(PROGRAM)
    (folder / "picture.png").write_bytes(GOOD)
    start = {"script": ["aprogram.py"], "command": ["-c", PROGRAM], "module": ["-m", "aprogram"]}[how]
    command = [sys.executable, *start, str(ROOT), "picture.png", *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)


@linux
async def test_a_worker_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "canary")
    async with ImageWorkers() as workers:
        await workers.normalise(GOOD)
        assert b"PATH=" in _proc(workers, "environ")
        assert b"canary" not in _proc(workers, "environ")


@linux
async def test_a_worker_has_only_so_much_memory() -> None:
    async with ImageWorkers(memory_mb=256) as workers:
        await workers.normalise(GOOD)
        assert re.search(rb"Max address space +%d " % (256 << 20), _proc(workers, "limits"))
        with pytest.raises(ImageError, match=ImageProblem.TOO_LARGE):
            await workers.normalise(HEAVY())
        assert await workers.normalise(GOOD)


def _proc(workers: ImageWorkers, name: str) -> bytes:
    return Path(f"/proc/{workers.pids[0]}/{name}").read_bytes()


def _ended(pid: int) -> bool:
    """Whether a process ends within five seconds."""
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")
