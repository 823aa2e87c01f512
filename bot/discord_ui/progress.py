"""Where a member stands, in blocks of text: for `/progress` and wherever else they are told."""

from dataclasses import replace

from bot.app import App
from bot.words import cards
from bot.words.several_moods import told_in_mood, with_other_emotions
from core.ports import Profile, RunReport
from core.predicting.readiness import Standing, standing
from core.tuning.session import Progress
from core.vocabulary.emotions import LabelSet
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import thresholds_at


async def progress_blocks(app: App, member_id: int, label_set: LabelSet, server_id: int | None) -> list[str]:
    """The blocks of /progress."""
    profile, stand, running, last = await _known(app, member_id, label_set, server_id)
    head, *rest = cards.progress(profile, label_set, stand, running, last)
    note = await elsewhere(app, member_id, label_set)
    return [told_in_mood(head, label_set), *rest, *([note] if note else [])]


async def progress_state(app: App, member_id: int, label_set: LabelSet, server_id: int | None) -> str:
    """What is needed, waited for or going on, alone."""
    _, stand, running, last = await _known(app, member_id, label_set, server_id)
    note = await elsewhere(app, member_id, label_set)
    return "\n".join(line for line in (cards.state(stand, running, last), note) if line)


async def elsewhere(app: App, member_id: int, label_set: LabelSet) -> str:
    """For whoever has no label or no version with the emotions of here: what is kept of them with others.

    Raises StorageError.

    A server that changed its emotions hides what was felt before, and erases none of it.
    """
    key = ProfileKey(member_id, label_set.id)
    profile, versions = await app.storage.labels.profile(key), await app.storage.versions.all(key)
    labels = profile.labels if profile else 0
    moods = await app.storage.own_moods.listed(member_id)
    mine = next((kept for kept in moods if kept.mood.number == label_set.mood.number), None)
    if mine is None:
        return ""
    others = replace(mine, labels=mine.labels - labels, versions=mine.versions - len(versions))
    missing = (others.labels and not labels) or (others.versions and not versions)
    return with_other_emotions(others) if missing else ""


async def _known(
    app: App, member_id: int, label_set: LabelSet, server_id: int | None
) -> tuple[Profile | None, Standing, Progress | None, RunReport | None]:
    stored, key = app.storage, ProfileKey(member_id, label_set.id)
    profile, active = await stored.labels.profile(key), await stored.versions.active(key)
    last, running = await stored.runs.last(key), app.worker.progress_of(key)
    min_labels, min_emotions = thresholds_at(app.roster.place(server_id))
    stand = standing(
        profile,
        active,
        last,
        app.clock.now_ms(),
        app.policy,
        min_labels=min_labels,
        min_emotions=min_emotions,
        paused=not app.roster.joined(member_id),
        busy=app.worker.is_busy(member_id),
    )
    return profile, stand, running, last
