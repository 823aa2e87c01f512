"""What model servers have shown of themselves."""

from sqlalchemy import Connection, select

from core.ports import Ability, AbilityStore
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.queries import put
from storage.schema.tables import abilities


class SqlAbilityStore(SqlStore, AbilityStore):
    """`core.ports.AbilityStore` over SQL."""

    @reading
    def shown(self, connection: Connection, address: str, since: int) -> tuple[Ability, ...]:
        query = select(abilities).where(abilities.c.address == address, abilities.c.at >= since)
        rows = connection.execute(query.order_by(abilities.c.model))
        return tuple(Ability(row.address, row.model, row.takes, row.at) for row in rows)

    @writing
    def keep(self, connection: Connection, ability: Ability) -> None:
        row = {"address": ability.address, "model": ability.model, "takes": dict(ability.takes), "at": ability.at}
        put(connection, abilities, [row])
