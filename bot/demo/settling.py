"""How simcord sees whether the bot is done, with two of its looks made by name.

simcord 3.2.1 goes through every attribute of the view of every button, at each look at each task, for two that
have names of their own: half of the time of the demo, and a fifth of that of all journeys. It finds the same.
"""

import asyncio
from typing import Any

import discord
from discord.ui.view import BaseView
from simcord import _dpy_internals


def look_by_name() -> None:
    """From now on, in this process."""
    _dpy_internals._stored_wait_futures = _waits_of_views
    _dpy_internals._view_timeout_task_identity = _ends_a_view


def _waits_of_views(client: discord.Client) -> set[Any]:
    """The futures of views and modals that somebody may wait for, each view looked at once."""
    store: Any = _dpy_internals.get_state(client)._view_store
    views = {item._view for items in store._views.values() for item in items.values()} - {None}
    return {view._BaseView__stopped for view in (*views, *store._modals.values())}


def _ends_a_view(client: discord.Client, task: asyncio.Task[Any]) -> bool:
    """Whether the task ends a view, or a modal, that nobody has used in time."""
    coroutine: Any = task.get_coro()
    if getattr(coroutine, "cr_code", None) is not BaseView._BaseView__timeout_task_impl.__code__:  # type: ignore[attr-defined]
        return False
    view: Any = coroutine.cr_frame and coroutine.cr_frame.f_locals["self"]
    return view is not None and not view._BaseView__stopped.done()
