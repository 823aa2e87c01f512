"""Discord over real sockets: REST, files and gateway, in front of simcord's backend.

The bot under test is a process of its own that knows nothing of this: discord.py's own HTTP client and its own
websocket talk to it. So connections that break, sessions that resume or do not, and answers that get lost are the
real ones. Events are numbered and kept for a session, as Discord does, so a RESUME replays what was missed.
"""

import asyncio
import contextlib
import io
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from simcord.backend import Backend, serializers
from simcord.backend.cdn import CDN_BASE
from simcord.backend.errors import BackendError
from simcord.http import router, routes

assert routes  # importing them registers them

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
MESSAGE_CONTENT = 1 << 18
"""The application's flag for the intent."""

KEPT = 20_000
"""Events that a session can replay."""


@dataclass
class Faults:
    """How often, in [0, 1], and how REST and file requests go wrong: an error, a cut connection before or after
    the request was done, a 429 of a proxy, in Discord's words
    or in its own ("proxy"). `invalid` is whether a session that resumes is told that it is lost, `wait` how many
    seconds a 429 asks for, `closes` the code with which the gateway refuses whoever identifies.
    """

    rate: float = 0.0
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    invalid: float = 0.0
    kinds: tuple[str, ...] = ("503", "500", "429", "cut before", "cut after", "slow")
    drawn: int = 0
    requests: int = 0
    wait: float = 0.05
    closes: int | None = None
    only: dict[int, str] = field(default_factory=dict)
    """By number of the request, what goes wrong with it for certain: of the above, or 401 or 403."""
    answers: int = 0
    """How many tries at answering each interaction are cut before they are done, for certain."""
    answered: Counter[str] = field(default_factory=Counter)

    def draw(self, path: str = "") -> str | None:
        """What goes wrong with this request, if anything."""
        self.requests += 1
        token = path.partition("/webhooks/")[2].partition("/")[2].partition("/")[0]
        if token and self.answered[token] < self.answers:
            self.answered[token] += 1
            self.drawn += 1
            return "cut before"
        if self.requests in self.only:
            return self.only[self.requests]
        if self.rng.random() >= self.rate:
            return None
        self.drawn += 1
        return self.rng.choice(self.kinds)


@dataclass
class _Session:
    """One shard's session: its events by number."""

    shard: tuple[int, int]
    events: list[dict[str, Any]] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)


class DiscordServer:
    """One application's view of Discord. `backend` is what is true; change it, and the bot is told. `files` counts
    what was asked of the file host, `acknowledged` holds when (monotonic) by an interaction's token.
    """

    def __init__(self, *, content: bool = True) -> None:
        self.backend, self.faults, self._content = Backend(), Faults(), content
        self.backend.subscribers.append(self._emitted)
        self.sessions: dict[str, _Session] = {}
        self.port, self.identified, self.resumed = 0, 0, 0
        self.identified_at: list[tuple[float, int]] = []
        """When (monotonic) each shard identified."""
        self.statuses: dict[int, int] = {}
        self.files = 0
        self.acknowledged: dict[str, float] = {}

    @property
    def address(self) -> str:
        """Where REST is, as discord.py's `Route.BASE`."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["DiscordServer"]:
        """Listen on loopback until left."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/api/v10/gateway/bot", self._where)
        app.router.add_get("/files/{rest:.*}", self._file)
        app.router.add_route("*", "/api/v10/{rest:.*}", self._rest)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def drop(self, code: int = 4000) -> None:
        """Cut every gateway connection with a close code; 1000 and 1001 end the session as well."""
        for session_id, session in list(self.sessions.items()):
            if code in (1000, 1001):
                del self.sessions[session_id]
            if session.socket is not None:
                await session.socket.close(code=code)

    # ------------------------------------------------------------------- REST

    async def _where(self, request: web.Request) -> web.StreamResponse:
        if (refused := await self._faulty(request, self.faults.draw())) is not None:
            return refused
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        url = f"ws://127.0.0.1:{self.port}/gateway"
        return self._json({"url": url, "shards": 1, "session_start_limit": limit})

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        wrong = self.faults.draw(request.path)
        body, files = await _body(request)
        if (refused := await self._faulty(request, wrong)) is not None:
            return refused
        path = "/" + request.path.removeprefix("/api/v10/")
        try:
            result = router.dispatch(
                self.backend, request.method, path, json=body, params=dict(request.query), files=files,
                message_content_access=self._content,
            )  # fmt: skip
        except router.RouteNotImplemented:
            return self._json({"message": "not simulated", "code": 0}, 501)
        except BackendError as error:
            return self._json(error.to_json(), error.status)
        if path.endswith("applications/@me") and self._content:
            result = {**result, "flags": MESSAGE_CONTENT}
        if path.endswith("/callback"):
            self.acknowledged.setdefault(path.split("/")[-2], time.monotonic())
        if wrong == "cut after":
            return _cut(request)
        return self._json(result) if result is not None else self._empty()

    async def _faulty(self, request: web.Request, wrong: str | None) -> web.StreamResponse | None:
        if wrong in ("401", "403", "500", "503"):
            return self._json({"message": "upstream", "code": 0}, int(wrong))
        if wrong == "429":
            limited = {"message": "You are being rate limited.", "retry_after": self.faults.wait, "global": False}
            return self._json(limited, 429, {"Via": "1.1 google", "Retry-After": str(self.faults.wait)})
        if wrong == "proxy":
            return web.Response(
                status=429, text="<h1>Slow down</h1>", content_type="text/html", headers={"Via": "p"}
            )
        if wrong == "cut before":
            return _cut(request)
        if wrong == "slow":
            await asyncio.sleep(0.2)
        return None

    async def _file(self, request: web.Request) -> web.StreamResponse:
        wrong = self.faults.draw()
        self.files += 1
        if (refused := await self._faulty(request, wrong)) is not None:
            return refused
        data = self.backend.cdn.get(f"{CDN_BASE}/{request.match_info['rest']}")
        if data is None:
            return web.Response(status=404)
        if wrong == "cut after":
            response = web.StreamResponse(headers={"Content-Length": str(len(data))})
            await response.prepare(request)
            await response.write(data[: len(data) // 2])
            return _cut(request)
        return web.Response(body=data)

    def _json(self, data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        body = json.dumps(self._with_files(data)).encode()
        kind = {"Content-Type": "application/json"}  # without a charset: discord.py compares the whole header
        return web.Response(body=body, status=status, headers={**kind, **(headers or {})})

    def _empty(self) -> web.Response:
        self.statuses[204] = self.statuses.get(204, 0) + 1
        return web.Response(status=204)

    def _with_files(self, data: object) -> Any:
        """The addresses of files, which the backend makes up, as ones that this server answers."""
        text = json.dumps(data, default=_plain)
        return json.loads(text.replace(CDN_BASE, f"http://127.0.0.1:{self.port}/files"))

    # ---------------------------------------------------------------- gateway

    def _emitted(self, event: str, payload: Mapping[str, Any]) -> None:
        of = (
            payload.get("id")
            if event.startswith("GUILD_") and "guild_id" not in payload
            else payload.get("guild_id")
        )
        for session in self.sessions.values():
            number, count = session.shard
            if (int(of or 0) >> 22) % count == number:
                self._numbered(session, event, self._with_files(payload))

    def _numbered(self, session: _Session, event: str, payload: Mapping[str, Any]) -> None:
        number = session.events[-1]["s"] + 1 if session.events else 1
        session.events.append({"op": DISPATCH, "t": event, "s": number, "d": payload})
        del session.events[:-KEPT]
        session.news.set()

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 41_250}})
        sending: asyncio.Task[None] | None = None
        session: _Session | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                said = json.loads(message.data)
                if said["op"] == HEARTBEAT:
                    await socket.send_json({"op": ACK})
                elif said["op"] == IDENTIFY and self.faults.closes is not None:
                    self.identified += 1
                    await socket.close(code=self.faults.closes)
                elif said["op"] in (IDENTIFY, RESUME):
                    found = self._opened(said)
                    if found is None:
                        await socket.send_json({"op": INVALID, "d": False})
                        continue
                    session, after = found
                    session.socket = socket
                    sending = asyncio.create_task(self._send(session, socket, after))
        finally:
            if sending is not None:
                sending.cancel()
            if session is not None and session.socket is socket:
                session.socket = None
        return socket

    def _opened(self, said: Mapping[str, Any]) -> tuple[_Session, int] | None:
        """The session and the number after which events are sent; None where a resume is refused."""
        data = said["d"]
        if said["op"] == RESUME:
            known = self.sessions.get(data["session_id"])
            if known is None or self.faults.rng.random() < self.faults.invalid:
                self.sessions.pop(data["session_id"], None)
                return None
            self.resumed += 1
            self._numbered(known, "RESUMED", {})
            return known, int(data["seq"])
        self.identified += 1
        session = _Session(tuple(data.get("shard") or (0, 1)))
        self.identified_at.append((time.monotonic(), session.shard[0]))
        for old in [key for key, other in self.sessions.items() if other.shard == session.shard]:
            if self.sessions[old].socket is None:  # two processes may have a shard at once
                del self.sessions[old]
        session_id = f"session-{self.identified}"
        self.sessions[session_id] = session
        guilds = [g for g in self.backend.guilds.values() if (g.id >> 22) % session.shard[1] == session.shard[0]]
        ready = {
            "v": 10,
            "user": dict(serializers.user_payload(self.backend.bot_user)),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session_id,
            "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway",
            "shard": list(session.shard),
            "application": {"id": str(self.backend.application_id), "flags": MESSAGE_CONTENT},
        }
        self._numbered(session, "READY", ready)
        for guild in guilds:
            created = self._with_files(serializers.guild_create_payload(self.backend, guild))
            self._numbered(session, "GUILD_CREATE", created)
        return session, 0

    async def _send(self, session: _Session, socket: web.WebSocketResponse, after: int) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                session.news.clear()
                for event in [event for event in session.events if event["s"] > after]:
                    if socket.closed:
                        return
                    await socket.send_str(json.dumps(event))
                    after = event["s"]
                await session.news.wait()

    # ----------------------------------------------------------- interactions

    def command(self, user_id: int, guild_id: int, channel_id: int, name: str) -> str:
        """Use a slash command without options; the interaction's token."""
        known = self.backend.commands.get(None, {})
        registered = next(c for (command, _), c in known.items() if command == name.split(maxsplit=1)[0])
        made = self.backend.new_interaction(2, channel_id, user_id, guild_id)
        guild = self.backend.get_guild(guild_id)
        options = [{"type": 1, "name": part, "options": []} for part in name.split()[1:]]
        payload = {
            "id": str(made.id),
            "application_id": str(self.backend.application_id),
            "type": 2,
            "token": made.token,
            "version": 1,
            "guild_id": str(guild_id),
            "channel_id": str(channel_id),
            "channel": dict(serializers.channel_payload(self.backend, self.backend.get_channel(channel_id))),
            "guild": {"id": str(guild_id), "locale": "en-US", "features": []},
            "member": {
                **serializers.member_payload(self.backend, guild, guild.members[user_id]),
                "permissions": str(self.backend.compute_permissions(guild_id, user_id, channel_id)),
            },
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": str(2**50 - 1),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild_id)},
            "attachment_size_limit": 10 << 20,
            "context": 0,
            "data": {"id": registered["id"], "name": registered["name"], "type": 1, "options": options},
        }
        self.backend.emit("INTERACTION_CREATE", payload)
        return made.token


def _plain(value: object) -> object:
    """What JSON does not know, as what it does."""
    return dict(value) if isinstance(value, Mapping) else str(value)


async def _body(request: web.Request) -> tuple[Any, list[Any]]:
    if request.content_type == "multipart/form-data":
        payload, files = None, []
        async for part in await request.multipart():
            data = await part.read()  # type: ignore[union-attr]
            if part.name == "payload_json":  # type: ignore[union-attr]
                payload = json.loads(data)
            else:
                named = SimpleNamespace(fp=io.BytesIO(data), filename=part.filename, description=None)  # type: ignore[union-attr]
                files.append(named)
        return payload, files
    text = await request.text()
    return (json.loads(text) if text else None), []


def _cut(request: web.Request) -> web.StreamResponse:
    """The connection ends without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=WSCloseCode.OK)
