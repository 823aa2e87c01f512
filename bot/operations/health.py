"""Whether a running bot is well, told over HTTP: /healthz for whoever supervises it, /metrics for Prometheus.

Nothing that is asked here costs anything: the model is judged by how its last requests went, and the writer by
beginning a transaction. It tells nothing of anybody, and listens on this machine alone unless told otherwise.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import discord
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.app import App
from bot.discord_ui.client import FeelprintClient
from bot.errors import SettingsError, SettingsProblem
from bot.host.workshop import Workshop
from bot.operations.healthy import parts_of
from bot.operations.metrics import Metrics
from core.tending.worker import LONGEST_SLEEP_S

_WRITE_S = 3.0


async def health_of(app: App | Workshop) -> Mapping[str, bool]:
    """What is well of the parts that /healthz names.

    `gateway`, of a bot alone: every shard of this process is connected; `writer`: the background works, and a
    transaction can begin; `model`: the last requests did not fail one after another; `worker`: it is at something,
    or woke within its longest sleep.
    """
    beat_s = (app.clock.now_ms() - app.worker.beat) / 1000
    there = {"gateway": _is_connected(app.client)} if isinstance(app, App) else {}
    return {
        **there,
        "writer": app.at_work and await app.storage.can_write(_WRITE_S),
        "model": app.gateway.line.away is None,
        "worker": app.at_work and (app.worker.under_way > 0 or beat_s < 2 * LONGEST_SLEEP_S),
    }


def _is_connected(client: discord.Client) -> bool:
    shards = client.shards.values() if isinstance(client, FeelprintClient) else ()
    return client.is_ready() and not client.is_closed() and not any(one.is_closed() for one in shards)


@asynccontextmanager
async def told_at(app: App | Workshop, address: str | None) -> AsyncIterator[None]:
    """Tell health there meanwhile; nowhere without an address. Raises SettingsError where nobody can listen."""
    if address is None:
        yield
        return
    registry, counted = CollectorRegistry(), Metrics(app)
    registry.register(counted)

    async def healthz(_request: web.Request) -> web.Response:
        parts = await health_of(app)
        return web.json_response(
            {"healthy": all(parts.values()), **parts}, status=200 if all(parts.values()) else 503
        )

    async def metrics(_request: web.Request) -> web.Response:
        await counted.look()
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    server = web.Application()
    server.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics)])
    async with listening(server, address):
        yield


@asynccontextmanager
async def listening(server: web.Application, address: str) -> AsyncIterator[None]:
    """Serve there meanwhile. Raises SettingsError where nobody can listen."""
    host, port = parts_of(address)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), port).start()
    except OSError as error:
        await runner.cleanup()
        why = (error.strerror or str(error)).rpartition(": ")[2]  # before it, asyncio says where once more
        raise SettingsError(SettingsProblem.HEALTH, path=f"{host}:{port}", why=why) from error
    try:
        yield
    finally:
        await runner.cleanup()
