"""A headless Chromium, driven as a person would: real clicks where something is seen, real keys.

It speaks Chromium's DevTools protocol over aiohttp, which the demo has anyway. Nothing is clicked by script; what
is covered or still moves cannot be clicked.
"""

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--mute-audio",
    "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--no-proxy-server",
    "--disable-dev-shm-usage", "--remote-debugging-port=0",
)  # fmt: skip
_KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "End": 35}
_PATIENCE_S = 30.0

_TEXT = "(document.body?.innerText ?? '')"
_FIND = """
((selector, words, exact) => {
  const said = (e) => (e.getAttribute("aria-label") || e.innerText || e.textContent || e.alt || "").trim();
  const all = [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({visibilityProperty: true})
    && !e.disabled && (exact ? said(e) === words : said(e).includes(words)));
  return all.at(-1);
})(%s)
"""


def chromium() -> str | None:
    """Where a Chromium is installed, if one is."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Window:
    """One tab of a size of its own."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str) -> None:
        self._socket, self._session = socket, session
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.faults: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if (future := self._waiting.pop(said.get("id", 0), None)) is not None and not future.done():
                future.set_result(said)
            elif said.get("method") == "Runtime.exceptionThrown":
                self.faults.append(json.dumps(said["params"]["exceptionDetails"])[:400])

    async def tell(self, method: str, **params: Any) -> Any:
        """One command of the protocol; what it answers. Raises RuntimeError."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(
            {"id": number, "method": method, "params": params, "sessionId": self._session}
        )
        said = await asyncio.wait_for(self._waiting[number], _PATIENCE_S)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        return said["result"]

    async def look(self, script: str) -> Any:
        """What a script that only looks comes to."""
        said = await self.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise RuntimeError(str(said["exceptionDetails"])[:600])
        return said["result"].get("value")

    async def until(self, script: str, why: str = "") -> Any:
        """Wait until a look comes to something. Raises TimeoutError."""
        began = time.monotonic()
        while not (found := await self.look(script)):
            if time.monotonic() - began > _PATIENCE_S:
                raise TimeoutError(f"{why or script}\n{await self.look(_TEXT)}")
            await asyncio.sleep(0.05)
        return found

    async def reads(self, words: str) -> None:
        """Wait until words can be read on the page."""
        await self.until(f"{_TEXT}.includes({json.dumps(words)})", f"not read: {words}")

    async def click(self, selector: str, words: str, *, exact: bool = False) -> None:
        """Click the last thing that says so, once it can be; it is scrolled to, and must not be covered."""
        asked = ", ".join(json.dumps(part) for part in (selector, words, exact))
        script = f"""(() => {{
          const found = {_FIND % asked};
          if (!found) return null;
          const middle = () => {{
            const box = found.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
          }};
          const seen = () => found.contains(document.elementFromPoint(...middle()));
          const was = found.getBoundingClientRect();
          if (was.top < 0 || was.bottom > innerHeight || !seen()) found.scrollIntoView({{block: "center"}});
          return seen() ? middle() : null;
        }})()"""
        began, before = time.monotonic(), None
        while not (at := await self.look(script)) or at != before:
            if time.monotonic() - began > _PATIENCE_S:
                raise TimeoutError(f"cannot be clicked: {selector} {words}\n{await self.look(_TEXT)}")
            before = at
            await asyncio.sleep(0.15)
        x, y = at
        where = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await self.tell("Input.dispatchMouseEvent", type="mousePressed", **where)
        await self.tell("Input.dispatchMouseEvent", type="mouseReleased", **where)

    async def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else None)
        code = _KEYS.get(key) or ord(key.upper())
        what: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 * shift}
        what["code"] = "Space" if key == " " else key
        down = {**what, "type": "keyDown", "text": text} if text else {**what, "type": "rawKeyDown"}
        await self.tell("Input.dispatchKeyEvent", **down)
        await self.tell("Input.dispatchKeyEvent", type="keyUp", **what)

    async def tab_to(self, words: str, *, back: bool = False, most: int = 80) -> None:
        """Press Tab until what has the focus says so at its end. Raises AssertionError."""
        for _ in range(most):
            await self.press("Tab", shift=back)
            said = await self.look(
                "((e) => e.getAttribute('aria-label') || e.innerText || e.placeholder || '')"
                "(document.activeElement)"
            )
            if said.strip().endswith(words):
                return
        raise AssertionError(f"no Tab leads to {words}")

    async def type(self, words: str) -> None:
        """Type into what has the focus."""
        await self.tell("Input.insertText", text=words)

    async def shot(self, path: Path) -> None:
        """Keep a picture of what is seen."""
        seen = await self.tell("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(seen["data"]))


@contextmanager
def browser(program: str, folder: Path) -> Iterator[str]:
    """A Chromium with a profile of its own in `folder`, ended with all that it started; where it is told."""
    process = subprocess.Popen(
        [program, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port, began = folder / "DevToolsActivePort", time.monotonic()
        while not port.exists() or len(port.read_text().split()) < 2:
            if time.monotonic() - began > _PATIENCE_S:
                raise TimeoutError("Chromium did not start")
            time.sleep(0.05)
        number, path = port.read_text().split()
        yield f"ws://127.0.0.1:{number}{path}"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@asynccontextmanager
async def window(told_at: str, address: str, width: int, height: int) -> AsyncIterator[Window]:
    """A tab that shows an address, to a visitor who has never been anywhere."""
    async with aiohttp.ClientSession() as http, http.ws_connect(told_at, max_msg_size=0) as socket:

        async def asked(number: int, method: str, **params: Any) -> Any:
            await socket.send_json({"id": number, "method": method, "params": params})
            async for message in socket:
                said = json.loads(message.data)
                if said.get("id") == number:
                    return said["result"]
            raise RuntimeError("Chromium has gone")

        visitor = (await asked(-1, "Target.createBrowserContext", disposeOnDetach=True))["browserContextId"]
        target = (await asked(-2, "Target.createTarget", url="about:blank", browserContextId=visitor))["targetId"]
        session = (await asked(-3, "Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = Window(socket, session)
        try:
            await tab.tell("Page.enable")
            await tab.tell("Runtime.enable")
            await tab.tell(
                "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
            )
            await tab.tell("Page.navigate", url=address)
            yield tab
        finally:
            tab._reader.cancel()
            await asyncio.gather(tab._reader, return_exceptions=True)
