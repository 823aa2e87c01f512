"""Looking at pictures: by turns, with few in memory, and through Discord's proxy where we cannot decode."""

import asyncio
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import web

from bot.intake.fetch import Downloads
from bot.intake.source import MessageSource
from core.collecting.policy import Picture
from core.decoding.workers import ImageWorkers
from core.vocabulary.errors import FileKind, ImageError, ImageProblem
from tests.core.samples import encoded, scene

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def hosts():
    """Discord's file host and its proxy on loopback; what was asked of them."""
    asked, go = [], asyncio.Event()
    go.set()

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        await go.wait()
        if request.path == "/a.png":
            return web.Response(body=encoded(scene(), "PNG"))
        if request.path == "/proxy/a.heic" and request.query.get("format") == "jpeg":
            return web.Response(body=encoded(scene(), "JPEG"))
        return web.Response(body=HEIC, status=200 if request.path.endswith("heic") else 415)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    downloads = Downloads(hosts=re.compile(r"^127\.0\.0\.1$"), scheme="http", private=True)
    client = SimpleNamespace(http=SimpleNamespace(get_from_cdn=downloads.get))
    async with ImageWorkers() as workers:
        yield SimpleNamespace(
            url=f"http://127.0.0.1:{runner.addresses[0][1]}",
            asked=asked,
            go=go,
            look=MessageSource(lambda: client, workers),
        )
    await downloads.close()
    await runner.cleanup()


async def test_a_phones_heic_is_seen_as_discords_proxy_shows_it(hosts):
    picture = Picture(f"{hosts.url}/a.heic", proxy=f"{hosts.url}/proxy/a.heic?ex=1&is=2&hm=3&format=webp&")
    image = await hosts.look.image(picture, 1)
    assert (image.width, image.height) == (300, 200)
    assert hosts.asked == ["/a.heic", "/proxy/a.heic?ex=1&is=2&hm=3&format=jpeg"]


async def test_what_we_can_decode_is_not_asked_of_the_proxy(hosts):
    assert await hosts.look.image(Picture(f"{hosts.url}/a.png", proxy=f"{hosts.url}/proxy/a.png"), 1)
    assert hosts.asked == ["/a.png"]


@pytest.mark.parametrize("proxy", ["/proxy/b", None])
async def test_where_the_proxy_cannot_show_it_either_its_kind_is_named(hosts, proxy):
    with pytest.raises(ImageError) as error:
        await hosts.look.image(Picture(f"{hosts.url}/a.heic", proxy=proxy and hosts.url + proxy), 1)
    assert error.value.kind is FileKind.HEIC


async def until_asked(hosts, times):
    """So often, and no more."""
    async with asyncio.timeout(60):
        while len(hosts.asked) < times:  # noqa: ASYNC110 - of a server
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert len(hosts.asked) == times


async def test_one_member_has_two_pictures_on_their_way_and_others_pass_them(hosts):
    hosts.go.clear()
    jobs = [asyncio.create_task(hosts.look.image(Picture(f"{hosts.url}/a.png", 100), 1)) for _ in range(6)]
    await until_asked(hosts, 2)
    jobs.append(asyncio.create_task(hosts.look.image(Picture(f"{hosts.url}/a.png", 100), 2)))
    await until_asked(hosts, 3)
    hosts.go.set()
    await asyncio.gather(*jobs)


async def test_who_asks_for_too_much_hears_so_and_a_label_waits_all_the_same(hosts):
    hosts.go.clear()
    wanted = Picture(f"{hosts.url}/a.png", 100)
    jobs = [asyncio.create_task(hosts.look.image(wanted, 1)) for _ in range(26)]
    await asyncio.sleep(0.05)
    with pytest.raises(ImageError) as error:
        await hosts.look.image(wanted, 1)
    assert error.value.reason is ImageProblem.BUSY
    jobs.append(asyncio.create_task(hosts.look.image(wanted, 1, patient=True)))
    hosts.go.set()
    assert len(await asyncio.gather(*jobs)) == 27


PROGRAM = textwrap.dedent(
    """
    import asyncio, os, re, signal, sys
    from types import SimpleNamespace
    from aiohttp import web
    from bot.intake.fetch import Downloads
    from bot.intake.source import MessageSource
    from core.collecting.policy import Picture
    from core.decoding.workers import ImageWorkers
    from core.vocabulary.errors import FileKind, ImageError, ImageProblem

    def peak():  # not ru_maxrss, which begins with that of the process it was forked from
        lines = open("/proc/self/status").read().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    def go_on(pids):
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    async def main():
        picture = Picture(sys.argv[1], 10 << 20)
        downloads = Downloads(hosts=re.compile(".*"), scheme="http", private=True)
        client = SimpleNamespace(http=SimpleNamespace(get_from_cdn=downloads.get))
        async with ImageWorkers(2) as workers:
            look = MessageSource(lambda: client, workers)
            before = peak()
            jobs = [look.image(picture, owner, patient=True) for owner in range(40)]
            for pid in workers.pids:
                os.kill(pid, signal.SIGSTOP)  # so that all who may download have done so
            asyncio.get_running_loop().call_later(1.5, go_on, workers.pids)
            images = await asyncio.gather(*jobs)
            print(len({image.hash for image in images}), before, peak())
        await downloads.close()

    asyncio.run(main())
    """
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_forty_waiting_pictures_of_10_mb_do_not_fill_the_memory():
    png = encoded(scene(), "PNG")
    body = png[:-12] + (10 * 1024 * 1024 - len(png)) * b"\0" + png[-12:]

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body)

    app = web.Application()
    app.router.add_get("/a.png", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/a.png"
    command = [sys.executable, "-c", PROGRAM, url]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    await runner.cleanup()
    assert done.returncode == 0, done.stderr
    different, before, peak = map(int, done.stdout.split())
    assert different == 1
    assert peak - before < 200 * 1024
