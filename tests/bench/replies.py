"""The main replies as a member sees them, each kept as a picture: driven on the demo's page by a real Chromium.

python -m tests.bench.replies docs/replies
"""

import argparse
import asyncio
import base64
import json
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from tests.bot.demo.chromium import Window
from tests.bot.demo.test_browser import CARD, feels, shop

WIDTH, HEIGHT, GAP, COLUMNS = 760, 1700, 12, 3
UNLABELLED = """((labelled) => [...document.querySelectorAll("article.channel-message")]
  .filter((one) => one.querySelector(".shop-apps") && !labelled.includes(one.dataset.messageId))
  .at(-1).dataset.messageId)(%s)"""
PICTURES = 30
"""More than a deck asks about, so that a picture is left to guess about."""

BOX = "getBoundingClientRect()"
MESSAGES = "document.querySelectorAll('article.channel-message').length"


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
    before = await tab.look(MESSAGES)
    await tab.click("[role=textbox], textarea, [contenteditable=true]", "")
    await tab.type(words)
    await tab.reads(words)
    await tab.press("Enter")
    await tab.press("Enter")
    await tab.until(
        f"{MESSAGES} > {before} && {CARD}.innerText.includes('used {words.split(maxsplit=1)[0]}')", words
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
        await tab.click("article button", feels(place, shown))
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
        ("feelprint show", "feelprint why", "feelprint history", "feelprint compare", "feelprint edit", "me",
         "progress", "privacy", "export", "forget"), 6,
    ):  # fmt: skip
        await command(tab, f"/{words}")
        await kept(tab, at(f"{number:02}-{words.replace(' ', '-')}"))


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
    whole.quantize(128).save(file, optimize=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        folder = Path(made)
        async with shop(folder, patch, pictures=PICTURES, size=(WIDTH, HEIGHT)) as (tab, _):
            await walk(tab, folder)
        await asyncio.to_thread(sheet, folder, file)


if __name__ == "__main__":
    asyncio.run(main())
