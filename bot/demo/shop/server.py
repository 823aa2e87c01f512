"""Serves the simulator's page with a stylesheet and a script of our own, and the requests that these make.

It relies on names inside of simcord, which is pinned exactly; what it replaces in that page must be there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import discord
from aiohttp import web
from simcord.backend.errors import BackendError, SetupError
from simcord.components import walk_components
from simcord.preview import Preview
from simcord.preview._server import PreviewServer
from simcord.results import InteractionResult, to_discord_message

from bot.demo.shop.legend import front

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "application/javascript", ".svg": "image/svg+xml"}
_OURS = ("/shop.css", "/shop.js", "/shop.svg", "/shop.json")
_TRIES, _PAUSE_S = 20, 0.1


class ShopServer(PreviewServer):
    """The page's server."""

    _STATIC_FILES: ClassVar[dict[str, str]] = {**PreviewServer._STATIC_FILES, **dict.fromkeys(_OURS, "")}

    def __init__(self, preview: Preview, port: int) -> None:
        super().__init__(preview, port)
        self._one_by_one = asyncio.Lock()

    async def _static(self, request: Any) -> Any:
        if request.path == "/shop.json":
            return self._news(request)
        if request.path not in _OURS:
            shown = await super()._static(request)
            return _reply(front(shown.text), "text/html") if request.path == "/" else shown
        if request.headers.get("Host", "") not in self._allowed_hosts():
            raise web.HTTPForbidden
        path = _HERE / request.path.lstrip("/")
        return _reply(path.read_text(encoding="utf-8"), _TYPES[path.suffix])

    def _page(self, request: Any) -> Any:
        context = request.headers.get("X-Simcord-Context")
        if not self._authorized(request, context=context):
            raise web.HTTPUnauthorized
        try:
            return self.preview._get_page(context)
        except SetupError as gone:
            raise web.HTTPGone from gone

    def _news(self, request: Any) -> web.Response:
        """The Apps menu, and the direct messages that the bot has sent to whoever the page is viewed as."""
        page, backend = self._page(request), self.preview.env.backend
        commands = backend.visible_commands(
            user_id=page.viewer.id, channel_id=page.channel_id, type=discord.AppCommandType.message.value
        )
        menus = [command["name"] for command in commands]
        sent = backend.messages.get(backend.dm_channels.get(page.viewer.id, 0), {})
        told = [
            {
                "id": str(message.id),
                "text": message.content,
                "at": message.timestamp,
                "buttons": [
                    {"id": part["custom_id"], "label": part["label"]}
                    for part in walk_components(message.components)
                    if part.get("custom_id") and part.get("label")
                ],
            }
            for _, message in sorted(sent.items())
            if message.author_id == backend.bot_user.id
        ]
        return web.json_response(
            {"viewer": str(page.viewer.id), "menus": menus, "direct": told}, headers=self._SECURITY_HEADERS
        )

    async def _action(self, request: Any) -> Any:
        """What the simulator's page cannot do: a message's Apps menu, and the buttons of a direct message."""
        if "X-Feelprint" not in request.headers:
            return await super()._action(request)
        page, chosen = self._page(request), await request.json()
        try:
            what, message_id = str(chosen.get("menu") or chosen["button"]), int(chosen["message"])
        except (KeyError, TypeError, ValueError) as bad:
            raise web.HTTPBadRequest from bad
        env = self.preview.env

        def message_in(channel_id: int) -> discord.Message:
            return to_discord_message(env, env.backend.get_message(channel_id, message_id))

        async def choose() -> InteractionResult:
            message = message_in(page.channel_id)
            result: InteractionResult = await page.viewer.context_menu(self.preview.channel, what, message)
            return result

        async def press() -> InteractionResult:
            conversation = env.backend.dm_channels.get(page.viewer.id, 0)
            result: InteractionResult = await page.viewer.user.click(message_in(conversation), custom_id=what)
            return result

        async with self._one_by_one:
            answer = await self._driven(choose if "menu" in chosen else press)
        return web.json_response({"answer": answer}, headers=self._SECURITY_HEADERS)

    async def _driven(self, act: Callable[[], Awaitable[InteractionResult]]) -> str | None:
        """Do it as the viewer; the id of the message that answers, if one does."""
        for _ in range(_TRIES):
            try:
                result = await act()
                await self.preview.refresh()
            except BackendError as gone:
                raise web.HTTPNotFound from gone
            except SetupError as refused:
                if "overlaps" not in str(refused):
                    raise web.HTTPBadRequest from refused
                await asyncio.sleep(_PAUSE_S)
            else:
                return str(result.response.id) if result.response is not None else None
        raise web.HTTPConflict


def _reply(text: str, content_type: str) -> web.Response:
    return web.Response(text=text, content_type=content_type, headers=PreviewServer._SECURITY_HEADERS)
