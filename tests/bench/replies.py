"""The main replies as a member sees them, each kept as a picture: driven on the demo's page by a real Chromium.

python -m tests.bench.replies docs/replies.png
"""

import argparse
import asyncio
import base64
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.demo.world import World
from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import EVERYBODY, Yes, YesTo
from core.vocabulary.weekly import OPEN_MS
from tests.bot.demo.chromium import Window, browser, chromium
from tests.bot.demo.test_browser import CARD, shop

WIDTH, HEIGHT, GAP, COLUMNS = 760, 2600, 12, 3
UNLABELLED = """((labelled) => [...document.querySelectorAll("article.channel-message")]
  .filter((one) => one.querySelector(".shop-apps") && !labelled.includes(one.dataset.messageId))
  .at(-1).dataset.messageId)(%s)"""
PICTURES = 30
"""More than a deck asks about, so that a picture is left to guess about."""

BOX = "getBoundingClientRect()"
LAST = f"{CARD}.dataset.messageId"


def feels(shown: str) -> str:
    """What the visitor feels about a picture, by what its description says: they love the night."""
    words = shown.lower()
    if "storm" in words or "lightning" in words:
        return "excitement"
    if any(word in words for word in ("night", "dark", "moon", "stars")):
        return "contentment"
    if any(word in words for word in ("sun", "noon", "crowd", "bright")):
        return "anger"
    return "amusement" if any(word in words for word in ("shapes", "abstract", "circles", "triangles")) else "awe"


async def kept(tab: Window, path: Path, what: str = CARD) -> None:
    """Keep a picture of the last message, all of it, once nothing changes any more."""
    before = None
    await tab.until(f"[...{what}.querySelectorAll('img')].every((e) => e.complete && e.naturalWidth > 0)")
    await tab.look(f"{what}.scrollIntoView({{block: 'end'}})")
    while (now := await tab.look(f"{what}.innerText + {what}.{BOX}.height")) != before:
        before = now
        await asyncio.sleep(0.6)
    box = await tab.look(
        f"(({{x, y, width, height}}) => ({{x, y, width, height}}))({what}.getBoundingClientRect())"
    )
    seen = await tab.tell("Page.captureScreenshot", format="png", clip={**box, "scale": 1})
    await asyncio.to_thread(path.write_bytes, base64.b64decode(seen["data"]))
    print(path, f"{box['width']:.0f} x {box['height']:.0f}", flush=True)


async def command(tab: Window, words: str) -> None:
    """Type a command, as a member does, and wait for its answer."""
    before = await tab.look(LAST)
    await tab.click("[role=textbox], textarea, [contenteditable=true]", "")
    await tab.type(words)
    await tab.reads(words)
    await tab.press("Enter")
    await tab.press("Enter")
    await tab.until(
        f"{LAST} !== '{before}' && {CARD}.innerText.includes('used {words.split(maxsplit=1)[0]}')", words
    )


async def walk(tab: Window, folder: Path) -> None:
    """Join, label, be told, ask, read, and leave."""

    def at(name: str) -> Path:
        return folder / f"{name}.png"

    await tab.until("window.simcordPreview?.ready")
    await tab.click("button", "Join", exact=True)
    await tab.until(f"{CARD}.innerText.includes('start fresh')")
    await kept(tab, at("01-join"))
    await tab.click("button", "No, start fresh")
    await tab.click("button", "Shall we start?")
    labelled = []
    for place in range(1, 13):
        await tab.until(f"{CARD}.innerText.includes('{place} of 12')")
        if place == 2:
            await kept(tab, at("02-deck"))
        labelled.append(await tab.look(f"{CARD}.querySelector('a[href*=channels]').href.split('/').at(-1)"))
        shown = await tab.look(f"{CARD}.querySelector('.media-lightbox-trigger img').alt")
        await tab.click("article button", feels(shown))
    await tab.reads("Direct message from Feelprint")
    await kept(tab, at("03-told"), "document.getElementById('shop-notes')")
    await tab.click("#shop-notes button", "Close")
    await kept(tab, at("04-end-of-deck"))
    new = await tab.look(UNLABELLED % json.dumps(labelled))
    await tab.click(f'[data-message-id="{new}"] button', "Apps")
    await tab.click(".shop-apps button", "How would I feel?")
    await tab.until(f"{CARD}.innerText.includes('used How would I feel?')")
    await kept(tab, at("05-answer"))
    for number, words in enumerate(
        ("feelprint show", "feelprint why", "feelprint history", "feelprint compare", "feelprint edit",
         "feelprint mood", "me", "progress", "privacy", "export", "forget"), 6,
    ):  # fmt: skip
        await command(tab, f"/{words}")
        await kept(tab, at(f"{number:02}-{words.replace(' ', '-')}"))


async def play(tab: Window, world: World, patch: pytest.MonkeyPatch, folder: Path) -> None:
    """The weekly game: three members have said yes to it, the visitor guesses, and two days later it is over."""
    app, shown = world.env.bot.app, [m for m in world.welcome.history() if m.attachments]
    for member, message in zip(list(world.members.values())[:3], shown, strict=False):
        await member.slash(world.channel, "join")
        await member.react(message, "😮")
        said = Yes(member.id, message.guild.id, EVERYBODY, YesTo.GAME)
        await app.intake.drained()
        await app.storage.yeses.say(said, app.clock.now_ms())
    place = app.roster.place(shown[0].guild.id)
    await app.roster.save(replace(place, game_channel=world.welcome.id))
    await app.games.look()
    await command(tab, "/privacy")
    question = "[...document.querySelectorAll('article')].find((one) => one.innerText.includes('feel here?'))"
    await kept(tab, folder / "17-game.png", question)
    await tab.click("article button", "May others guess")
    await tab.reads("No: nobody guesses about you.")
    await kept(tab, folder / "18-may-guess.png")
    await tab.click("article button", "awe")
    await tab.reads("Your guess")
    await kept(tab, folder / "19-guess.png")
    later = app.clock.now_ms() + OPEN_MS
    patch.setattr(SystemClock, "now_ms", lambda _: later)
    await app.games.look()
    await command(tab, "/pause")
    over = "[...document.querySelectorAll('article')].find((one) => one.innerText.includes('right:'))"
    await kept(tab, folder / "20-game-over.png", over)


async def manage(tab: Window, world: World, folder: Path) -> None:
    """What whoever manages the server sees."""
    await tab.tab_to("Viewing as", back=True, most=600)
    await tab.press("a")
    await tab.until(f"window.simcordPreview.viewerId === '{world.admin.id}' && window.simcordPreview.ready")
    for number, words in enumerate(("setup", "server"), 21):
        await command(tab, f"/{words}")
        await kept(tab, folder / f"{number}-{words}.png")


def sheet(folder: Path, file: Path) -> None:
    """All of them in three columns of much the same height, in their order from the top."""
    pictures = [Image.open(path).convert("RGB") for path in sorted(folder.glob("*.png"))]
    heights, places = [0] * COLUMNS, []
    for picture in pictures:
        column = heights.index(min(heights))
        places.append((column * (WIDTH + GAP), heights[column]))
        heights[column] += picture.height + GAP
    whole = Image.new("RGB", (COLUMNS * (WIDTH + GAP) - GAP, max(heights) - GAP), "#1e1f22")
    for picture, place in zip(pictures, places, strict=True):
        whole.paste(picture, place)
    _few_colours(whole).save(file, optimize=True)


def _few_colours(picture: Image.Image) -> Image.Image:
    """An octree keeps what is small and bright, such as emojis, as it is; a median cut makes it brown."""
    return picture.quantize(256, method=Image.Quantize.FASTOCTREE)


def steps(folder: Path, file: Path) -> None:
    """React, be told, ask: three of them side by side, for the first page."""
    parts = [Image.open(folder / f"{name}.png").convert("RGB") for name in ("02-deck", "03-told", "05-answer")]
    width, left = sum(part.width + GAP for part in parts) - GAP, 0
    whole = Image.new("RGB", (width, max(part.height for part in parts)), "#1e1f22")
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width + GAP
    small = whole.resize((whole.width * 5 // 8, whole.height * 5 // 8), Image.Resampling.LANCZOS)
    _few_colours(small).save(file, optimize=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        folder = Path(made)
        (folder / "profile").mkdir()
        with browser(chromium() or "", folder / "profile") as told_at:
            async with shop(told_at, folder, patch, pictures=PICTURES, size=(WIDTH, HEIGHT)) as (tab, world):
                await walk(tab, folder)
                await play(tab, world, patch, folder)
                await manage(tab, world, folder)
        await asyncio.to_thread(sheet, folder, file)
        await asyncio.to_thread(steps, folder, file.with_name("steps.png"))


if __name__ == "__main__":
    asyncio.run(main())
