"""What a self-hoster may look up or do for a member outside Discord: explain, export, forget."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import product
from typing import Any

from rich.console import Console

from bot.errors import LookupProblem, NothingStored
from bot.host.settings import Settings
from bot.words.ideas import unkept
from bot.words.outcomes import rule_reason, rule_status, run_reason, run_result
from core.ports import RunReport
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.own_moods import FIRST, in_mood
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleStatus
from storage import Storage, open_storage

_SECTIONS = (RuleStatus.DEPLOYED, RuleStatus.RETIRED, RuleStatus.UNUSED, RuleStatus.DROPPED)


async def explain_member(settings: Settings, member_id: int, console: Console) -> None:
    """Print the latest run for every label set and mood that the member has used. Raises FeelprintError."""
    async with open_storage(settings.database, clock=SystemClock(), read_only=True) as storage:
        explained = 0
        moods = [kept.mood for kept in await storage.own_moods.listed(member_id)]
        for label_set_id, mood in product(await _label_sets(storage), moods):
            key = ProfileKey(member_id, in_mood(label_set_id, mood.number))
            report = await storage.runs.last(key)
            if report is not None:
                explained += 1
                if mood != FIRST:
                    console.print(f"In the mood {mood.name}:", markup=False)
                _show(console, report, await storage.runs.rules(key))
    if not explained:
        raise NothingStored(LookupProblem.NO_RUN)


async def exported(settings: Settings, member_id: int) -> Mapping[str, Any]:
    """All that is stored about a member. Raises StorageError."""
    async with open_storage(settings.database, clock=SystemClock(), read_only=True) as storage:
        return await storage.members.export(member_id)


async def forgotten(settings: Settings, member_id: int) -> int:
    """Erase a member; how many labels that were. What other processes do for them, over a server, ends.

    Raises NothingStored: whoever types an id that is nobody's must not take that for done. StorageError.
    """
    if not any((await exported(settings, member_id)).values()):
        raise NothingStored(LookupProblem.NOBODY)
    async with open_storage(settings.database, clock=SystemClock()) as storage:
        if not storage.is_shared:
            return await storage.members.forget(member_id)
        queue = storage.queue()
        await queue.cancel(member_id)
        labels = await storage.members.forget(member_id)
        await queue.cancel(member_id)  # whatever began in between
        return labels


async def _label_sets(storage: Storage) -> list[str]:
    used = {settings.label_set.id for settings in await storage.servers.all()}
    return [MIKELS.id, *sorted(used - {MIKELS.id})]


def _show(console: Console, report: RunReport, records: Sequence[RuleRecord]) -> None:
    explanation = report.explanation
    since = ", of which only those since a change of taste count" if explanation.taste_changed else ""
    console.print(
        f"[bold]Run {report.run_id}[/], {report.mode}, {report.n_labels} labels{since}, seed {report.seed}:"
    )
    console.print(run_result(report.result), style="cyan")
    if report.reason is not None:
        console.print(f"{report.reason}: {run_reason(report.reason, explanation.stop)}", markup=False)
    by_id = {record.rule.id: record for record in records}
    weighed = [record for record in records if record.rule.id in explanation.candidates]
    for status in _SECTIONS:
        _list(console, rule_status(status), [r for r in weighed if r.status == status], by_id)
    earlier = [record for record in records if record.rule.id not in explanation.candidates]
    _list(console, "Not weighed in this run: what earlier ones came to", earlier, by_id, with_status=True)
    if gone := unkept(report, records):
        console.print(f"\n{gone.removeprefix('-# ')}", markup=False)
    console.print("\n[bold]The run[/]")
    told = asdict(explanation)
    if explanation.composed is not None:
        told["composed"] = [by_id[one].rule.when if one in by_id else one for one in explanation.composed]
    for name, value in told.items():
        if name != "candidates" and value is not None:
            console.print(f"  {name.rstrip('_').replace('_', ' ')}: {_flat(value)}", markup=False)


def _list(
    console: Console,
    title: str,
    records: Sequence[RuleRecord],
    by_id: Mapping[str, RuleRecord],
    *,
    with_status: bool = False,
) -> None:
    """Rules under a title, those that win most where they hold first."""
    if records:
        console.print(f"\n[bold]{title}[/]")
    for record in sorted(records, key=lambda r: -r.screened.right):
        console.print(f"  {record.rule.text}", markup=False)
        facts = [rule_status(record.status)] if with_status else []
        console.print(f"    {' · '.join([*facts, *_facts(record, by_id)])}", style="dim", markup=False)


def _facts(record: RuleRecord, by_id: Mapping[str, RuleRecord]) -> Iterator[str]:
    kinds = {
        "screened": record.screened,
        "of that, on labels that not all its writers saw (unseen)": record.unseen,
        "asked": record.asked,
        "of that, on labels that not all its writers saw (fresh)": record.fresh,
        "on later labels, in use (shadow)": record.shadow,
    }
    for what, evidence in kinds.items():
        if evidence.held:
            yield f"{what}: {evidence.right:g} right, {evidence.wrong:g} wrong on {evidence.held}"
    if record.writer is not None:
        yield f"writer {record.writer}"
    if record.reason is not None:
        yield f"{record.reason}: {rule_reason(record.reason)}"
    if record.same_as is not None:
        yield f"the same as: {by_id[record.same_as].rule.when if record.same_as in by_id else record.same_as}"


def _flat(value: object) -> str:
    """Any part of an explanation on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{str(key).replace('_', ' ')} {_flat(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_flat, value)) or "none"
    return "no" if value is False else "yes" if value is True else "-" if value is None else f"{value}"
