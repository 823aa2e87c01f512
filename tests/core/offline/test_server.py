"""The offline model over real HTTP through the real client library, in a child that dies with its parent."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import openai
import pytest
import pytest_asyncio
from aiohttp import ClientSession

from core.asking.generic import generic_call, parse_generic
from core.model.dialect import request_of
from core.offline.model import MODEL_NAME, OfflineModel
from core.offline.server import OfflineServer
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import ModelError, ModelProblem
from tests.core.offline.pictures import SETTINGS, image_of, starry


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[OfflineServer]:
    async with OfflineServer() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: OfflineServer) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key="none", base_url=server.base_url, max_retries=0) as found:
        yield found


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_real_client_gets_the_answer_that_the_model_gives_in_process(client: openai.AsyncOpenAI) -> None:
    request = request_of(generic_call(image_of(starry()), MIKELS), SETTINGS)
    answer = await client.chat.completions.create(**request)
    text = answer.choices[0].message.content or ""
    assert text == OfflineModel().complete(request)["choices"][0]["message"]["content"]
    assert "stars" in parse_generic(text, MIKELS).description.tags
    assert answer.usage is not None
    assert answer.usage.completion_tokens > 0


async def test_the_only_model_is_listed(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == [MODEL_NAME]


async def test_errors_reach_the_client_as_its_own_kinds(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="offline-model"):
        await client.chat.completions.create(model="other", messages=[{"role": "user", "content": "x"}])
    with pytest.raises(openai.BadRequestError, match="no messages"):
        await client.chat.completions.create(model=MODEL_NAME, messages=[])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff\xfe", b'{"messages": [{"role": "user"}]}', b'{"messages": {"a": 1}}']
)
async def test_any_other_body_is_a_400_and_the_server_goes_on(server: OfflineServer, body: bytes) -> None:
    async with ClientSession() as session, session.post(f"{server.base_url}/chat/completions", data=body) as reply:
        assert reply.status == 400
        assert (await reply.json())["error"]["message"]


async def test_many_calls_at_once_are_all_answered(client: openai.AsyncOpenAI) -> None:
    requests = [request_of(generic_call(image_of(starry(seed)), MIKELS), SETTINGS) for seed in range(12)]
    answers = await asyncio.gather(*(client.chat.completions.create(**request) for request in requests))
    assert all(parse_generic(a.choices[0].message.content or "", MIKELS) for a in answers)


@pytest.mark.slow
async def test_leaving_stops_the_child_and_latency_is_added() -> None:
    async with OfflineServer(latency=0.3) as slow:
        async with openai.AsyncOpenAI(api_key="none", base_url=slow.base_url, max_retries=0) as client:
            start = time.monotonic()
            await client.chat.completions.create(model=MODEL_NAME, messages=[{"role": "user", "content": "x"}])
            assert time.monotonic() - start >= 0.3
        port = int(slow.base_url.split(":")[2].split("/")[0])
    assert slow.pid is None
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_child_that_cannot_start_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ModelError, match=ModelProblem.NOT_STARTED):
        async with OfflineServer():
            pass


async def test_a_machine_that_starts_no_process_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ModelError, match=ModelProblem.NOT_STARTED):
        async with OfflineServer():
            pass


PARENT = """
import asyncio
from core.offline.server import OfflineServer

async def main():
    async with OfflineServer() as server:
        print(server.base_url, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.slow
async def test_the_server_dies_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:  # noqa: ASYNC220
        assert parent.stdout is not None
        address = parent.stdout.readline().strip()
        port = int(address.split(":")[2].split("/")[0])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return
        writer.close()
        await asyncio.sleep(0.1)
    pytest.fail("the offline model outlived its parent by ten seconds")


async def test_the_server_can_be_reached_from_this_machine_only(server: OfflineServer) -> None:
    port = int(server.base_url.split(":")[2].split("/")[0])
    listening = [
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]  # noqa: ASYNC240 - no file on a disk
    ]
    assert [at.split(":")[0] for at in listening if at.endswith(f":{port:04X}")][:1] == ["0100007F"]
