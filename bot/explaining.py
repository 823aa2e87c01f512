"""What a self-hoster may look up or do for a member outside Discord: explain, export, forget."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.settings import Settings
from core.clock import SystemClock
from core.emotions import MIKELS
from core.errors import FeelprintError
from core.feelprint import Evidence, RuleRecord
from core.ports import RunReport
from storage import Storage, open_storage

_RESULTS = {
    "deployed": "a new version was deployed",
    "kept": "nothing more reliable was found",
    "nothing": "there was nothing to learn from these labels",
    "stopped": "the model was not available; it is tried again",
    "running": "it is under way, or was interrupted and will be taken up again",
}


async def explain_member(settings: Settings, member_id: int, console: Console) -> None:
    """Print the latest run for every label set that the member has used. Raises FeelprintError."""
    async with open_storage(settings.database, clock=SystemClock(), read_only=True) as storage:
        explained = 0
        for label_set_id in await _label_sets(storage):
            report = await storage.tuning.last_run(member_id, label_set_id)
            if report is not None:
                explained += 1
                _show(console, report, await storage.tuning.rules(member_id, label_set_id))
    if not explained:
        raise FeelprintError("No tuning run is stored for this member.")


async def exported(settings: Settings, member_id: int) -> Mapping[str, Any]:
    """All that is stored about a member."""
    async with open_storage(settings.database, clock=SystemClock(), read_only=True) as storage:
        return await storage.members.export(member_id)


async def forgotten(settings: Settings, member_id: int) -> int:
    """Erase a member; how many labels that were."""
    async with open_storage(settings.database, clock=SystemClock()) as storage:
        return await storage.members.forget(member_id)


async def _label_sets(storage: Storage) -> list[str]:
    used = {settings.label_set.id for settings in await storage.servers.all()}
    return [MIKELS.id, *sorted(used - {MIKELS.id})]


def _show(console: Console, report: RunReport, records: tuple[RuleRecord, ...]) -> None:
    console.print(
        f"[bold]Run {report.run_id}[/] ({report.mode}) over {report.n_labels} labels, seed {report.seed}:"
    )
    console.print(f"{_RESULTS[report.result]}.", style="cyan")
    table = Table("rule", "status", "screened", "alone", "since in use", "written by", "why", show_lines=True)
    for record in records:
        evidence = (_said(record.screened), _said(record.alone), _said(record.shadow))
        table.add_row(record.rule.text, record.status, *evidence, record.source, record.note)
    console.print(table)
    for key, value in report.detail.items():
        console.print(f"{key}: {value}", markup=False)


def _said(evidence: Evidence) -> str:
    return f"{evidence.right:g} right, {evidence.wrong:g} wrong of {evidence.held}" if evidence.held else "-"
