"""Downloads: from Discord's own hosts and from nowhere else.

discord.py's own road follows redirects and reads without limit, so `guard` puts this one in its place:
exact hosts over https, no redirects, no compression, a byte cap while streaming, one deadline, and no
connection to a private address whatever the name resolves to. Addresses come from strangers' messages.
"""

import asyncio
import io
import ipaddress
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord

from core.vocabulary.errors import ImageError, ImageProblem
from core.vocabulary.images import MAX_INPUT_BYTES

DISCORD_HOST = re.compile(r"^(cdn\.discordapp\.com|media\.discordapp\.net|images-ext-\d+\.discordapp\.net)$")
_NEVER = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "224.0.0.0/4", "ff00::/8"))
_CHUNK = 64 * 1024
_PASSING = (408, 425, 429)
"""Not now, say these; the picture is there."""


class Downloads:
    """One guarded connection pool to Discord's file hosts. Close it."""

    def __init__(
        self,
        *,
        hosts: re.Pattern[str] = DISCORD_HOST,
        scheme: str = "https",
        private: bool = False,
        seconds: float = 20.0,
        max_bytes: int = MAX_INPUT_BYTES,
    ) -> None:
        self._hosts, self._scheme, self._private = hosts, scheme, private
        self._seconds, self._max_bytes = seconds, max_bytes
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str) -> bytes:
        """The bytes behind an address of Discord's. Raises ImageError."""
        parts = urlsplit(url)
        allowed = parts.scheme == self._scheme and self._hosts.match(parts.hostname or "")
        if not allowed or parts.username is not None or "\\" in url:
            raise ImageError(ImageProblem.ELSEWHERE)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._stream(url)
        except TimeoutError as error:
            raise ImageError(ImageProblem.LATE) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ImageError(ImageProblem.NOT_FETCHED) from error

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()

    async def _stream(self, url: str) -> bytes:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=8, socket_factory=self._socket)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False, trust_env=False)
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status in _PASSING or response.status >= 500:
                raise ImageError(ImageProblem.NOT_FETCHED)
            if response.status != 200:
                raise ImageError(ImageProblem.GONE)
            if (response.content_length or 0) > self._max_bytes:
                raise too_big(self._max_bytes)
            # Room is made once: several buffers that grow side by side leave holes of many times their size.
            body = io.BytesIO(bytes(response.content_length or 0))
            async for chunk in response.content.iter_chunked(_CHUNK):
                body.write(chunk)
                if body.tell() > self._max_bytes:
                    raise too_big(self._max_bytes)
            body.truncate()
            return body.getvalue()  # without a second copy

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        if not self._private and not is_public(str(address[0])):
            raise OSError("not a public address")
        made = socket.socket(family=family, type=kind, proto=protocol)
        made.setblocking(False)
        return made


def too_big(limit: int) -> ImageError:
    """The error for a file over the limit, in bytes."""
    return ImageError(ImageProblem.TOO_BIG, limit_mb=limit // 1024 // 1024)


def is_public(address: str) -> bool:
    """Whether an IP address is a public one, seen through its IPv4-mapped form."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_global and not any(ip.version == net.version and ip in net for net in _NEVER)


def guard(client: discord.Client, downloads: Downloads) -> None:
    """Make every download of the client (attachments too) take the guarded road."""
    client.http.get_from_cdn = downloads.get  # type: ignore[method-assign]


async def download(client: discord.Client, url: str, size: int | None = None) -> bytes:
    """A picture's bytes, by the client's road. `size` is what Discord says it has, checked before a byte is read.

    Raises ImageError.
    """
    if size is not None and size > MAX_INPUT_BYTES:
        raise too_big(MAX_INPUT_BYTES)
    try:
        return await client.http.get_from_cdn(url)
    except discord.HTTPException as error:
        raise ImageError(ImageProblem.NOT_FETCHED) from error
