"""What happens to a version outside a run, stored as a run of its own kind: so it is told like one, and looked up.

It leaves alone how many labels the last run had: the next one is due as it was.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from core.ports import RunReport, TuningStores
from core.vocabulary.explanation import Explanation
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.reasons import RunReason, RunResult


async def note(
    stores: TuningStores,
    of: Feelprint,
    reason: RunReason,
    told: Explanation,
    *,
    at: int,
    records: Sequence[RuleRecord] = (),
    deploy: Feelprint | None = None,
    back_to: int | None = None,
) -> RunReport | None:
    """The report of what happened at a time to the version `of` a member; None, and nothing stored, as with
    `RunStore.finish`. Raises StorageError.
    """
    profile = await stores.labels.profile(of.key)
    n_labels, lasting = (profile.labels_at_run, profile.lasting) if profile else (0, 0)
    run_id = hashlib.sha256(f"{of.key}\n{told}\n{at}".encode()).hexdigest()[:16]
    report = RunReport(run_id, of.member_id, of.label_set_id, of.mode, 0, n_labels, at)
    await stores.runs.start(report)
    result = RunResult.DEPLOYED if deploy else RunResult.KEPT
    report = replace(report, finished_at=at, result=result, reason=reason, explanation=told)
    made = replace(deploy, run_id=run_id) if deploy else None
    done = await stores.runs.finish(report, rules=records, deploy=made, back_to=back_to, lasting=lasting)
    return report if done else None
