"""What is given to research: read with the yes to it in one statement, so that one that was taken back counts for
nothing. Of somebody's moods it is the first alone, as in all that others get.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, exists, func, select

from core.vocabulary.consent import ANYWHERE, EVERYBODY
from core.vocabulary.donated import Donation
from core.vocabulary.emotions import MIKELS
from core.vocabulary.label import Label
from storage.database.transactions import SqlStore, reading
from storage.schema.codec import emotions_in
from storage.schema.queries import many, may_collect
from storage.schema.tables import donors, label_sets, labels, members, shadows


@dataclass(frozen=True, slots=True)
class Donations:
    """What donors give, one for each of their label sets; and how many `members` there are in all."""

    given: tuple[Donation, ...]
    members: int


class SqlDonationStore(SqlStore):
    """Reads what every donor gives, at once: for people who ask, not for a timer."""

    @reading
    def all(self, connection: Connection) -> Donations:
        """Of members who said yes to research, and of whom something may be kept."""
        names = {MIKELS.id: MIKELS.names}
        for row in connection.execute(select(label_sets)):
            names.setdefault(row.label_set_id, emotions_in(row.emotions).names)
        felt: dict[tuple[int, str], list[Label]] = defaultdict(list)
        for row in _of_donors(connection, select(labels), labels):
            felt[row.member_id, row.label_set_id].append(
                Label(row.member_id, row.image_hash, row.felt, row.updated_at)
            )
        tests: dict[tuple[int, str], dict[str, Row[Any]]] = defaultdict(dict)
        columns = (shadows.c[name] for name in ("member_id", "label_set_id", "image_hash", "hit", "generic_hit"))
        for row in _of_donors(connection, select(*columns).order_by(shadows.c.version), shadows):
            tests[row.member_id, row.label_set_id][row.image_hash] = row  # the newest version's that was tried
        given = tuple(
            Donation(
                whose[0],
                names[whose[1]],
                tuple(theirs),
                tested=len(tests[whose]),
                right=sum(row.hit for row in tests[whose].values()),
                generic_right=sum(row.generic_hit for row in tests[whose].values()),
            )
            for whose, theirs in felt.items()
            if whose[1] in names  # no mood but the first is a label set of its own
        )
        return Donations(given, connection.execute(select(func.count()).select_from(members)).scalar_one())


def _of_donors(connection: Connection, query: Select[Any], table: Table) -> Iterator[Row[Any]]:
    said = exists().where(
        donors.c.member_id == members.c.member_id,
        donors.c.server_id == ANYWHERE,
        donors.c.other_id == EVERYBODY,
    )
    theirs = query.join(members, members.c.member_id == table.c.member_id).where(said, may_collect())
    return many(connection, theirs)
