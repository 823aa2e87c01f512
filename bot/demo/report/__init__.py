"""The demo's report: a folder with one page and its pictures, nothing fetched from anywhere.

Made off the event loop; the page is plain HTML that a browser opens from the disk.
"""

import asyncio
import io
from pathlib import Path

from PIL import Image

from bot.demo.figures import Figures
from bot.demo.pictures import Picture
from bot.demo.report.page import page


async def write_report(figures: Figures, out: Path) -> Path:
    """Write `index.html` and what it shows into `out`; the page's path. Raises OSError."""
    return await asyncio.to_thread(_write, figures, out)


def _write(figures: Figures, out: Path) -> Path:
    from bot.demo.report import charts  # noqa: PLC0415 - matplotlib takes a third of a second, and most starts draw nothing

    (out / "pictures").mkdir(parents=True, exist_ok=True)
    (out / "charts").mkdir(exist_ok=True)
    for place, picture in enumerate(figures.learnt):
        _jpeg(picture, out / "pictures" / f"seen-{place:02}.jpg", (256, 192))
    for place, picture in enumerate(figures.unseen):
        _jpeg(picture, out / "pictures" / f"new-{place:02}.jpg", (512, 384))
    for paper in (charts.LIGHT, charts.DARK):
        for draw in (charts.accuracy, charts.feelings, charts.record):
            (out / "charts" / f"{draw.__name__}-{paper.name}.png").write_bytes(draw(figures, paper))
    path = out / "index.html"
    path.write_text(page(figures), encoding="utf-8")
    return path


def _jpeg(picture: Picture, path: Path, size: tuple[int, int]) -> None:
    image = Image.open(io.BytesIO(picture.png))
    small = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
    small.save(path, "JPEG", quality=86, optimize=True, progressive=True)
