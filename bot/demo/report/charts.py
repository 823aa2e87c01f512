"""The report's charts, each drawn once for light and once for dark paper (matplotlib's object API, Agg)."""

import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.demo.figures import Figures, Found
from core.vocabulary.emotions import MIKELS

EMOTION_COLOURS = {
    "amusement": "#f4a261",
    "awe": "#7b6fd0",
    "contentment": "#6aa97a",
    "excitement": "#e9c46a",
    "anger": "#c8453c",
    "disgust": "#8a8f3c",
    "fear": "#4a4e69",
    "sadness": "#5b8fb9",
}


_TIGHT: dict[str, Any] = {"handlelength": 0.9, "handleheight": 0.9, "columnspacing": 1.0, "handletextpad": 0.4}


@dataclass(frozen=True, slots=True)
class Paper:
    """Colours of ink and paper."""

    name: str
    ink: str
    faint: str
    line: str
    ground: str


LIGHT = Paper("light", "#2b2d33", "#7c7f88", "#dcd8cf", "#ffffff")
DARK = Paper("dark", "#ece8df", "#9a978f", "#3b3d44", "#212329")


def accuracy(figures: Figures, paper: Paper) -> bytes:
    """For each member, how often most people's answer and the bot's answer were right on unseen pictures."""
    figure, axes = _sheet(paper, 7.6, 0.62 * len(figures.members) + 1.25)
    count = len(figures.unseen)
    for row, member in enumerate(reversed(figures.members)):
        before, after = 100 * member.generic_right / count, 100 * member.right / count
        colour = member.person.colour
        axes.plot([before, after], [row, row], color=colour, lw=3.2, alpha=0.45, solid_capstyle="round", zorder=2)
        axes.plot(before, row, "o", ms=10, mfc=paper.ground, mec=colour, mew=2.2, zorder=3)
        axes.plot(after, row, "o", ms=11, color=colour, mec=paper.ground, mew=1.2, zorder=4)
        side = 1 if after >= before else -1
        _beside(axes, (after, row), f"{after:.0f} %", side, color=paper.ink, size=10.5, weight="bold")
        if abs(after - before) > 0.1:
            _beside(axes, (before, row), f"{before:.0f}", -side, color=paper.faint, size=10)
    chance = 100 / len(MIKELS.names)
    axes.axvline(chance, color=paper.faint, lw=1, ls=(0, (2, 3)), zorder=1)
    axes.annotate(
        "chance",
        (chance, len(figures.members) - 0.45),
        color=paper.faint,
        size=9,
        ha="center",
        backgroundcolor=paper.ground,
    )
    axes.set_yticks(range(len(figures.members)), [m.person.name for m in reversed(figures.members)])
    axes.set_ylim(-0.6, len(figures.members) - 0.15)
    axes.set_xlim(0, max(70, 8 + max(100 * m.right / count for m in figures.members)))
    axes.set_xlabel("right on unseen pictures, %     ○ most people's answer    ● the bot's answer")
    _tidy(axes, paper)
    axes.tick_params(axis="y", labelsize=12, labelcolor=paper.ink)
    return _png(figure)


def _beside(axes: Axes, at: tuple[float, float], words: str, side: int, **look: Any) -> None:
    ha = "left" if side > 0 else "right"
    axes.annotate(words, at, xytext=(side * 11, 0), textcoords="offset points", va="center", ha=ha, **look)


def feelings(figures: Figures, paper: Paper) -> bytes:
    """How often each member felt each emotion about the same pictures."""
    figure, axes = _sheet(paper, 7.6, 0.5 * len(figures.members) + 1.5)
    total = len(figures.learnt)
    for row, member in enumerate(reversed(figures.members)):
        counts, left = Counter(figures.felt[member.person.name][:total]), 0
        for name in MIKELS.names:
            look: dict[str, Any] = {"color": EMOTION_COLOURS[name], "label": "" if row else name}
            axes.barh(row, counts[name], left=left, height=0.62, lw=1.4, edgecolor=paper.ground, **look)
            if counts[name] >= 3:
                middle = left + counts[name] / 2
                axes.text(middle, row, str(counts[name]), ha="center", va="center", color="white", size=9)
            left += counts[name]
    axes.set_yticks(range(len(figures.members)), [m.person.name for m in reversed(figures.members)])
    axes.set_xlim(0, total)
    axes.set_xlabel(f"labels over the same {total} pictures")
    _tidy(axes, paper)
    axes.grid(visible=False)
    axes.tick_params(axis="y", labelsize=12, labelcolor=paper.ink)
    legend = axes.legend(
        ncols=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False, fontsize=8.5, **_TIGHT
    )
    for text in legend.get_texts():
        text.set_color(paper.ink)
    return _png(figure)


def record(figures: Figures, paper: Paper) -> bytes:
    """The running record of the feelprints on later pictures: how often better than most people, less worse."""
    figure, axes = _sheet(paper, 7.6, 3.1)
    tried = [member for member in figures.members if member.later]
    runs = [[step + 0.05 * place for step in _running(member)] for place, member in enumerate(tried)]
    longest = max((len(steps) - 1 for steps in runs), default=1)
    high, low = max((max(r) for r in runs), default=1.0), min((min(r) for r in runs), default=0.0)
    heights = _spread([steps[-1] for steps in runs], gap=max(high - low, 1.0) * 0.085)
    for member, steps, height in zip(tried, runs, heights, strict=True):
        colour, end = member.person.colour, len(steps) - 1
        axes.step(range(len(steps)), steps, where="post", color=colour, lw=2.4, alpha=0.9)
        axes.plot(end, steps[-1], "o", ms=5, color=colour)
        # every name stands in one column; a thin line of its colour leads to it from where its own line ends
        axes.plot([end, longest * 1.03], [steps[-1], height], color=colour, lw=0.8, ls=(0, (1, 2)))
        _beside(axes, (longest * 1.03, height), member.person.name, 1, color=colour, size=10.5)
    axes.axhline(0, color=paper.faint, lw=1, ls=(0, (2, 3)))
    axes.set_xlim(0, longest * 1.14)
    axes.set_xlabel("pictures reacted to since the first feelprint")
    axes.set_ylabel("better less worse")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _tidy(axes, paper)
    return _png(figure)


def _spread(heights: list[float], gap: float) -> list[float]:
    """The heights, moved apart upwards where two are closer than a gap."""
    moved = dict.fromkeys(range(len(heights)), 0.0)
    last = float("-inf")
    for place in sorted(moved, key=lambda i: heights[i]):
        last = moved[place] = max(heights[place], last + gap)
    return list(moved.values())


def _running(member: Found) -> list[float]:
    steps = [0.0]
    for gain in member.later:
        steps.append(steps[-1] + (gain > 0) - (gain < 0))
    return steps


def _sheet(paper: Paper, wide: float, tall: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(wide, tall), dpi=170, layout="constrained", facecolor=paper.ground)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set_facecolor(paper.ground)
    return figure, axes


def _tidy(axes: Axes, paper: Paper) -> None:
    axes.grid(axis="x", color=paper.line, lw=0.8)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelcolor=paper.faint, labelsize=9.5)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(paper.faint)
        label.set_fontsize(9.5)


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
