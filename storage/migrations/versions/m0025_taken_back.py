"""Reactions that a member took back by an answer without emotions go: until now they stayed as what does not
count, with the copy of their picture. That they stand on Discord is known, so that nobody takes them for new.

Nor is it kept with such an answer whose picture that was.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TAKEN_BACK = """
    FROM reactions r
    JOIN sightings s ON s.message_id = r.message_id
    JOIN ratings a ON a.member_id = r.member_id AND a.label_set_id = r.label_set_id AND a.image_hash = r.image_hash
    WHERE CAST(a.emotions AS TEXT) = '[]' AND r.at <= a.at
"""


def upgrade() -> None:
    """Note them as declined, delete them, and what was seen only by them; a start sweeps pictures of nobody."""
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    nobody = "'{}'" if sqlite else "CAST('{}' AS JSON)"
    op.execute(
        "INSERT INTO snapshots (message_id, channel_id, round, mark, others)"
        f" SELECT r.message_id, s.channel_id, 0, 0, {nobody} {_TAKEN_BACK}"
        " GROUP BY r.message_id, s.channel_id ON CONFLICT DO NOTHING"
    )
    op.execute(
        "INSERT INTO declined (member_id, message_id, emoji, burst)"
        f" SELECT r.member_id, r.message_id, r.emoji, r.burst {_TAKEN_BACK} ON CONFLICT DO NOTHING"
    )
    gone = connection.exec_driver_sql(
        "DELETE FROM reactions WHERE EXISTS (SELECT 1 FROM declined d WHERE d.member_id = reactions.member_id"
        " AND d.message_id = reactions.message_id AND d.emoji = reactions.emoji AND d.burst = reactions.burst)"
    )
    op.execute(
        "DELETE FROM sightings WHERE NOT EXISTS"
        " (SELECT 1 FROM reactions r WHERE r.message_id = sightings.message_id)"
    )
    op.execute("UPDATE ratings SET author_id = NULL, source = NULL WHERE CAST(emotions AS TEXT) = '[]'")
    if gone.rowcount and sqlite:
        begun = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version={begun + 1}")
