"""The demo's page as a visitor sees it: a real Chromium, clicked and typed at as a person would."""

import asyncio
import io
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import Console

from bot.bootstrap import open_app
from bot.demo import page
from bot.demo.settings import settings_in
from bot.demo.story import Story
from bot.demo.world import World, open_world
from tests.bot.demo.chromium import Window, browser, chromium, window

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed: apt-get install chromium"),
]
CARD = "[...document.querySelectorAll('article.channel-message')].at(-1)"
SEEN = f"""(() => {{
  const box = {CARD}.getBoundingClientRect();
  const list = document.getElementById("channel-timeline").getBoundingClientRect();
  return box.top < list.bottom - 40 && box.bottom > list.top + 40;
}})()"""
NOTE = "document.getElementById('shop-notes').innerText"
OVERFLOWING = """[...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()
  && !e.closest(".channel-topic, .visually-hidden, svg") && e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`).slice(0, 5)"""
SIMULATORS = ("SimCord", "Capture", "Inspector", "Refresh preview", "More", "Messages", "End preview session")


@pytest.fixture(scope="module")
def told_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a Chromium is told what to do; each test is another visitor to it."""
    with browser(chromium() or "", tmp_path_factory.mktemp("profile")) as address:
        yield address


@asynccontextmanager
async def shop(
    told_at: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, pictures: int, size: tuple[int, int]
) -> AsyncIterator[tuple[Window, World]]:
    """The page without the story before it, in a window of that size."""
    monkeypatch.setattr(page, "FRESH", pictures)
    (folder / "data").mkdir()
    out = io.StringIO()
    async with open_app(settings_in(folder / "data")) as app, open_world(app) as world:
        console = Console(file=out, width=200)
        serving = asyncio.create_task(page.serve(app, world, Story(console), report="r", port=None, seed=0))
        while not (found := re.findall(r"http://127\S+", out.getvalue())):
            await asyncio.sleep(0.05)
            assert not serving.done()
        async with window(told_at, found[-1], *size) as tab:
            yield tab, world
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(serving, 20)


async def joined(tab: Window) -> None:
    """A visitor joins and begins the deck."""
    await tab.until("window.simcordPreview?.ready")
    await tab.click("button", "Join", exact=True)
    await tab.click("button", "No, start fresh")
    await tab.click("button", "Shall we start?")
    await tab.reads("1 of ")


async def looks_like_discord(tab: Window) -> None:
    """Nothing of the simulator's own, no raw id, nothing that sticks out, no picture without words."""
    text = await tab.look("document.body.innerText")
    assert [word for word in SIMULATORS if word in text] == []
    assert not re.search(r"\b\d{17,20}\b", text), "a raw id"
    assert "1/1/26" not in text
    assert await tab.look(OVERFLOWING) == []
    alts = await tab.look("[...document.querySelectorAll('article img')].map((e) => e.alt)")
    assert [alt for alt in alts if alt in ("Preview media", "image", "picture.jpg")] == []
    assert tab.faults == []


def feels(place: int, shown: str) -> str:
    """What our visitor feels about a picture, by what its description says."""
    return "amusement" if place == 1 else "fear" if "dark" in shown else "contentment"


async def test_a_visitor_joins_rates_twelve_is_told_and_asks(told_at, tmp_path, monkeypatch):
    async with shop(told_at, tmp_path, monkeypatch, pictures=12, size=(1280, 900)) as (tab, _):
        await joined(tab)
        await looks_like_discord(tab)
        for place in range(1, 13):
            await tab.until(f"{CARD}.innerText.includes('{place} of 12')")
            assert await tab.look(SEEN), "the card is not where the visitor looks"
            shown = await tab.look(f"{CARD}.querySelector('.media-lightbox-trigger img').alt")
            await asyncio.sleep(0.3)  # a person looks first; a press while a card comes may be lost
            await tab.click("article button", feels(place, shown))
        await tab.reads("Direct message from Feelprint")
        told = await tab.look(NOTE)
        assert "12 pictures" in told
        assert "**" not in told
        assert "/feelprint show tells" in told
        assert not re.search(r"\d{17}", told), "a raw id"
        await tab.click("#shop-notes button", "Don't write to me")
        await tab.until(f"{NOTE}.includes('I write to you no more')")
        await tab.click("#shop-notes button", "Tell me by direct message")
        await tab.until(f"{NOTE}.includes('I tell you by direct message again')")
        await tab.click("#shop-notes button", "Close")
        await tab.click("button", "Apps")
        await tab.click(".shop-apps button", "How would I feel?")
        await tab.until(f"{CARD}.innerText.includes('used How would I feel?')")
        await tab.until(SEEN, "the answer is not where the visitor looks")
        await looks_like_discord(tab)


async def test_it_fits_a_phone(told_at, tmp_path, monkeypatch):
    async with shop(told_at, tmp_path, monkeypatch, pictures=2, size=(390, 844)) as (tab, _):
        await joined(tab)
        await tab.until(SEEN, "the card is not where the visitor looks")
        await looks_like_discord(tab)
        await tab.click("summary", "How this works")
        await tab.reads("stands for Discord's own menu")
        await looks_like_discord(tab)
        await tab.click("summary", "How this works")
        await tab.click("button", "Apps")
        await tab.click(".shop-apps button", "How would I feel?")
        await tab.until(f"{CARD}.innerText.includes('How would I feel?')")
        await tab.until(SEEN, "the answer is not where the visitor looks")
        await looks_like_discord(tab)
        await tab.click("[role=textbox], textarea, [contenteditable=true]", "")
        await tab.type("/match")
        await tab.reads("How alike you and somebody feel")
        await tab.press("Enter")
        await tab.press("Enter")
        await tab.reads("With whom; without a name")
        assert await tab.look(OVERFLOWING) == []


async def test_all_of_it_can_be_done_by_keyboard_and_as_the_admin(told_at, tmp_path, monkeypatch):
    async with shop(told_at, tmp_path, monkeypatch, pictures=2, size=(1280, 900)) as (tab, world):
        await tab.until("window.simcordPreview?.ready")
        for words in ("Join", "No, start fresh", "one minute", "awe"):
            await tab.until(f"{CARD}.innerText.includes('{words}') && window.simcordPreview.ready")
            await tab.tab_to(words)
            await tab.press("Enter")
        await tab.until(f"{CARD}.innerText.includes('2 of 2') && window.simcordPreview.ready")
        await tab.tab_to("Apps ▸", back=True)
        await tab.press("Enter")
        await tab.until("!!document.activeElement.closest('.shop-apps [role=group]')")
        await tab.press("Escape")
        assert "Apps" in await tab.look("document.activeElement.innerText")
        await tab.tab_to("Viewing as", back=True)
        await tab.press("a")
        await tab.until(f"window.simcordPreview.viewerId === '{world.admin.id}' && window.simcordPreview.ready")
        await tab.tab_to("Message #your-turn", most=200)
        await tab.type("/setup")
        await tab.reads("/setup")
        await tab.press("Enter")
        await tab.press("Enter")
        await tab.until(f"{CARD}.innerText.includes('used /setup')")
        await tab.until(SEEN, "the panel is not where the admin looks")
        await looks_like_discord(tab)
