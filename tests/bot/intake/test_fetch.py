"""Downloads: Discord's hosts and nothing else, over real sockets."""

import asyncio
import gzip
import re

import pytest
from aiohttp import web

from bot.intake.fetch import Downloads, is_public
from core.vocabulary.errors import ImageError, ImageProblem

LOCAL = re.compile(r"^127\.0\.0\.1$")

REFUSED = [
    "http://cdn.discordapp.com/a.png",
    "ftp://cdn.discordapp.com/a.png",
    "file:///etc/passwd",
    "https://example.org/a.png",
    "https://127.0.0.1/a.png",
    "https://[::1]/a.png",
    "https://[::ffff:127.0.0.1]/a.png",
    "https://2130706433/a.png",
    "https://cdn.discordapp.com.example.org/a.png",
    "https://cdn.discordapp.com@example.org/a.png",
    "https://user:pass@cdn.discordapp.com/a.png",
    "https://example.org/cdn.discordapp.com/a.png",
    "https://example.org#cdn.discordapp.com",
    "https://example.org\\@cdn.discordapp.com/a.png",
    "https://xcdn.discordapp.com/a.png",
    "https://images-ext-x.discordapp.net/a.png",
    "https://media.discordapp.net.evil/a.png",
    "//cdn.discordapp.com/a.png",
    "not an address",
    "",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_an_address_that_is_not_discords_is_never_opened(url, monkeypatch):
    downloads = Downloads()

    async def never(url):
        raise AssertionError(url)

    monkeypatch.setattr(downloads, "_stream", never)
    with pytest.raises(ImageError, match=ImageProblem.ELSEWHERE):
        await downloads.get(url)


@pytest.mark.parametrize("host", ["cdn.discordapp.com", "media.discordapp.net", "images-ext-1.discordapp.net"])
async def test_discords_own_hosts_are_opened(host, monkeypatch):
    downloads, opened = Downloads(), []

    async def note(url):
        opened.append(url)
        return b"x"

    monkeypatch.setattr(downloads, "_stream", note)
    assert await downloads.get(f"https://{host}/a.png") == b"x"
    assert opened


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("162.159.130.233", True),
        ("2606:4700::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
    ],
)
def test_what_counts_as_public(address, public):
    assert is_public(address) is public


@pytest.fixture
async def server():
    seen = []

    async def answer(request):
        seen.append(request.path)
        if request.path == "/redirect":
            raise web.HTTPFound("/picture")
        if request.path == "/drip":
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(100):
                await response.write(b"x")
                await asyncio.sleep(0.05)
            return response
        if request.path == "/bomb":
            return web.Response(body=gzip.compress(bytes(10_000_000)), headers={"Content-Encoding": "gzip"})
        if request.path == "/endless":
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(100):
                await response.write(bytes(65536))
            return response
        if request.path[1:].isdigit():
            return web.Response(status=int(request.path[1:]))
        return web.Response(body=b"picture", status=200 if request.path == "/picture" else 404)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen
    await runner.cleanup()


@pytest.fixture
async def downloads():
    made = Downloads(hosts=LOCAL, scheme="http", private=True, seconds=0.5, max_bytes=1_000_000)
    yield made
    await made.close()


async def test_bytes_arrive(server, downloads):
    assert await downloads.get(f"{server[0]}/picture") == b"picture"


async def test_a_redirect_is_not_followed(server, downloads):
    with pytest.raises(ImageError):
        await downloads.get(f"{server[0]}/redirect")
    assert server[1] == ["/redirect"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/endless", ImageProblem.TOO_BIG),
        ("/drip", ImageProblem.LATE),
        ("/gone", ImageProblem.GONE),
        *((f"/{status}", ImageProblem.NOT_FETCHED) for status in (408, 425, 429, 500, 502, 503)),
    ],
)
async def test_what_is_endless_slow_or_gone_has_its_reason(server, downloads, path, reason):
    with pytest.raises(ImageError) as caught:
        await downloads.get(server[0] + path)
    assert caught.value.reason is reason


async def test_compressed_bytes_stay_compressed(server, downloads):
    assert len(await downloads.get(f"{server[0]}/bomb")) < 100_000


async def test_a_name_that_leads_to_a_private_address_is_not_connected_to(server):
    guarded = Downloads(hosts=LOCAL, scheme="http", private=False)
    with pytest.raises(ImageError):
        await guarded.get(f"{server[0]}/picture")
    assert server[1] == []
    await guarded.close()
