"""What Discord shows of a message against what is stored of it: purely, and free of charge where nothing differs.

A page of messages comes with how many reacted with what, not with who. Who is asked for only where the numbers
are not those that are stored plus those of others at the last listing. A number may hide that one came for
another, which is why recent messages are listed in full after an absence, whatever their numbers are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from core.vocabulary.consent import may_count
from core.vocabulary.looks import Known, Stood

Counts = Mapping[str, tuple[int, int]]
"""How many reacted, by emoji: (normal, super)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a listing shows. `added` maps to the moment after which each is known to have been made; `declined` are
    those that stand and do not count; `others` is how many remain, of whom nothing is stored.
    """

    added: Mapping[Stood, int]
    removed: frozenset[Stood]
    declined: frozenset[Stood]
    others: Counts


def emojis_of(emojis: Iterable[str], known: Known) -> frozenset[str]:
    """The emojis to compare: those that mean something in that server, and those of which something is stored."""
    return frozenset(emojis) | {emoji for _, emoji, _ in known.stored | known.declined}


def differs(counts: Counts, known: Known, emojis: Iterable[str]) -> bool:
    """Whether the numbers are other than what is known of these emojis."""
    held = _counted(known.stored | known.declined)
    return any(
        counts.get(emoji, (0, 0))[burst] != known.others.get(emoji, (0, 0))[burst] + held[emoji, bool(burst)]
        for emoji in emojis
        for burst in (0, 1)
    )


def compare(
    message_id: int,
    present: frozenset[Stood],
    totals: Counts,
    known: Known,
    emojis: frozenset[str],
    *,
    since: Callable[[int], int | None],
) -> Found:
    """Judge a full listing of `emojis`; `totals` counts bots and everybody else with it.

    `since(member)` is the moment from which their reactions count there, None of whom nothing is collected.
    """
    added: dict[Stood, int] = {}
    declined = set(known.declined & present)
    for stood in present - known.stored - known.declined:
        start = since(stood[0])
        if start is None or stood[1] not in emojis:
            continue
        listed = known.mark if known.mark is not None and stood[1] in known.others else 0
        made_after = max(message_id, listed)
        if may_count(made_after, start):
            added[stood] = made_after
        else:
            declined.add(stood)
    removed = known.stored - present
    held = _counted((known.stored - removed) | added.keys() | declined)
    others = {
        emoji: (
            max(0, totals.get(emoji, (0, 0))[0] - held[emoji, False]),
            max(0, totals.get(emoji, (0, 0))[1] - held[emoji, True]),
        )
        for emoji in sorted(emojis)
    }
    return Found(added, frozenset(removed), frozenset(declined), others)


def _counted(entries: Iterable[Stood]) -> Counter[tuple[str, bool]]:
    return Counter((emoji, burst) for _, emoji, burst in entries)
