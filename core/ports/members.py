"""Consent, and the rights that go with it."""

from collections.abc import Mapping
from typing import Any, Protocol

from core.vocabulary.consent import Membership, Past, Standing


class MemberStore(Protocol):
    """Consent, and the rights that go with it."""

    async def membership(self, member_id: int) -> Membership | None:
        """The member's consent, or None if they have not joined."""
        ...

    async def standings(self) -> Mapping[int, Standing]:
        """How every member stands, by id; nobody in it is absent."""
        ...

    async def join(self, member_id: int, consent_version: int, at: int, moment: int | None = None) -> None:
        """Record consent (again, if they had joined), which ends a pause.

        Where it is news (they had left, were paused, had agreed to less), reactions count from `moment` on, which
        is that of `at` where it is not given; where it is none, from when they did before.
        """
        ...

    async def starts(self) -> Mapping[int, int]:
        """The moments from which everybody's reactions count, whether they are collected now or not."""
        ...

    async def answer_past(self, past: Past, at: int) -> None:
        """Keep what a member answered about a server's past, in place of what they answered before.

        A yes takes back that reactions in that server were found not to count; those elsewhere stay so.
        """
        ...

    async def pasts(self) -> tuple[Past, ...]:
        """Every answer about the past."""
        ...

    async def pause(self, member_id: int, paused: bool) -> None:
        """Stop or resume collecting; nothing is deleted."""
        ...

    async def forget(self, member_id: int) -> int:
        """Erase everything about a member, derived data included; ledger rows lose their member.

        Returns how many labels were erased; for a stranger it touches nothing. Afterwards no byte of it is left in
        SQLite's file or its log, and backups made before start-up migrations are deleted with it (on PostgreSQL
        these are the operator's; while another program reads the file, the last unreachable remnants go as soon as
        it lets go). Nobody else waits for longer than a step of it takes. It works on a full disk. An answer that
        was in flight is not kept when it arrives.
        """
        ...

    async def export(self, member_id: int) -> Mapping[str, Any]:
        """All that is stored about a member, as JSON-ready data, images by hash."""
        ...
