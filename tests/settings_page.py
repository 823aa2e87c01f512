"""docs/settings.md: every setting in one table, made from the code and from what `.env.example` says of each.

`python -m tests.settings_page` writes it; a test holds it to both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.host.settings import Settings, name_of
from bot.words.setting_values import TAKES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "settings.md"
EXAMPLE = ROOT / ".env.example"

_HEAD = """# Settings

Each stands in the environment or in `.env`; the environment wins, and blank means unset. `feelprint doctor` says
what is wrong with them, all at once. This page is made by `.venv/bin/python -m tests.settings_page`.
"""
_SECTION = re.compile(r"^# --- (.+?) -+$")
_NAME = re.compile(r"^([A-Z_]+)=")


@dataclass(frozen=True, slots=True)
class Told:
    """What the example file says of a setting, under which heading."""

    name: str
    section: str
    meaning: str


def told() -> Iterator[Told]:
    """Every setting of the example file, in its order; names that follow each other share what stands
    above the first."""
    section, said, fresh = "", list[str](), True
    for line in EXAMPLE.read_text().splitlines():
        if found := _SECTION.match(line):
            section, said, fresh = found[1], [], True
        elif line.startswith("#"):
            said = [*([] if fresh else said), line.removeprefix("#").strip()]
            fresh = False
        elif name := _NAME.match(line):
            yield Told(name[1], section, "" if fresh else " ".join(said))
            fresh = True


def page() -> str:
    """The whole page."""
    fields = {name_of(field): field for field in Settings.model_fields}
    lines, section = [_HEAD], ""
    for one in told():
        if one.section != section:
            section = one.section
            lines += [f"\n## {section}\n", "| setting | default | takes | what for |", "|---|---|---|---|"]
        row = (f"`{one.name}`", _default(fields[one.name]), TAKES[one.name], one.meaning)
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _default(field: str) -> str:
    value = Settings.model_fields[field].get_default(call_default_factory=True)
    if value is None or value == {}:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    PAGE.write_text(page())
