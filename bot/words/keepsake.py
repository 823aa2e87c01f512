"""What a member takes along, for people to read: labels as a table, rules as text, a page for a browser.

Everything comes from the rows of the export. The page loads nothing from anywhere but the pictures beside it, and
what others wrote is escaped in it.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, TypeAlias

from bot.words.amounts import date, in_a_row, listed
from bot.words.cards import yours_plain
from bot.words.emotions import called
from bot.words.language import current, plainly
from bot.words.language import gettext as _
from bot.words.outcomes import run_reason, run_result
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Rule
from core.vocabulary.own_moods import number_of, shared_id
from core.vocabulary.reasons import RunReason, RunResult

Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "ul.pictures{list-style:none;padding:0;display:grid;gap:1rem;"
    "grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}"
    "img{width:100%;aspect-ratio:1;object-fit:cover;border-radius:.5rem}small{opacity:.75}"
)
_POLICY = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"


def labels_table(data: Rows) -> str:
    """Every label as CSV: the picture's file, what was felt, when first and when last, in UTC."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["picture", "emotions", "first", "last", "label_set", "mood"])
    for row in _labels(data):
        felt, when = "+".join(sorted(row["felt"])), (_moment(row["first_at"]), _moment(row["updated_at"]))
        of = (shared_id(row["label_set_id"]), _mood(data, row))
        table.writerow([f"pictures/{row['image_hash']}.jpg", felt, *when, *of])
    return out.getvalue()


def prompts(data: Rows) -> str:
    """Every version of every feelprint, as it stands in the prompt, oldest first."""
    parts = []
    for row in data.get("feelprints", ()):
        lines = [rule["text"] for rule in row["rules"]] or [row["text"]]
        title = _of(data, row, _("Version {version}").format(version=row["version"]))
        parts.append("\n".join([in_a_row((title, _moment(row["created_at"]), row["status"])), *lines]))
    return "\n\n".join(parts) + "\n" if parts else ""


def page(data: Rows) -> str:
    """The same for a browser."""
    with plainly():
        title = _("Your Feelprint")
        body = [f"<h1>{escape(title)}</h1>", *_versions(data), *_runs(data), *_pictures(data)]
    return (
        f'<!doctype html><html lang="{escape(current())}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _versions(data: Rows) -> list[str]:
    parts = []
    for row in reversed(data.get("feelprints", ())):
        lines = [yours_plain(Rule(**rule)) for rule in row["rules"]] or [row["text"]]
        told = _of(data, row, _("Version {version}").format(version=row["version"]))
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        parts.append(f"<h2>{escape(told)} <small>{escape(date(row['created_at']))}</small></h2><ul>{items}</ul>")
    return parts


def _runs(data: Rows) -> list[str]:
    lines = []
    for row in reversed(data.get("runs", ())):
        told = run_reason(RunReason(row["reason"])) if row["reason"] else run_result(RunResult(row["result"]))
        when = _of(data, row, date(row["started_at"]))
        lines.append(f"<li><small>{escape(when)}</small> {escape(told)}</li>")
    title = escape(_("When I looked, and what came of it"))
    return [f"<h2>{title}</h2><ul>{''.join(lines)}</ul>"] if lines else []


def _pictures(data: Rows) -> list[str]:
    items = []
    for row in reversed(_labels(data)):
        felt = listed([_called(row["label_set_id"], name) for name in sorted(row["felt"])])
        image = f'<img src="pictures/{escape(row["image_hash"])}.jpg" alt="{escape(felt)}" loading="lazy">'
        when = _of(data, row, date(row["updated_at"]))
        items.append(f"<li>{image}<br>{escape(felt)} <small>{escape(when)}</small></li>")
    title = escape(_("What you felt"))
    return [f'<h2>{title}</h2><ul class="pictures">{"".join(items)}</ul>'] if items else []


def _called(label_set_id: str, emotion: str) -> str:
    return called(MIKELS, emotion) if shared_id(label_set_id) == MIKELS.id else emotion


def _mood(data: Rows, row: Mapping[str, Any]) -> str:
    """The name of the mood in which a row stands; empty in the first, unless it has one."""
    number = number_of(row["label_set_id"])
    return next((mood["name"] for mood in data.get("own_moods", ()) if mood["number"] == number), "")


def _of(data: Rows, row: Mapping[str, Any], what: str) -> str:
    mood = _mood(data, row)
    return in_a_row((what, mood)) if mood else what


def _labels(data: Rows) -> list[Mapping[str, Any]]:
    return sorted(data.get("labels", ()), key=lambda row: (row["updated_at"], row["image_hash"]))


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
