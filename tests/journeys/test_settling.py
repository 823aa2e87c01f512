"""What the simulated Discord waits for is the same, looked at by name."""

import asyncio
from importlib.util import find_spec, module_from_spec

from bot.demo import settling


async def test_the_looks_by_name_find_what_the_librarys_own_find(world):
    spec = find_spec("simcord._dpy_internals")
    own = module_from_spec(spec)
    spec.loader.exec_module(own)
    await world.join(world.bob)
    await world.bob.slash(world.channel, "feelprint mood")
    await world.steward.slash(world.channel, "setup")
    client = world.app.client
    waits = own._stored_wait_futures(client)
    assert len(waits) > 2
    assert settling._waits_of_views(client) == waits
    tasks = asyncio.all_tasks()
    ends = {task for task in tasks if own._view_timeout_task_identity(client, task)}
    assert 0 < len(ends) < len(tasks)
    assert {task for task in tasks if settling._ends_a_view(client, task)} == ends
