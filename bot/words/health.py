"""What `feelprint healthy` says of a running bot."""

from collections.abc import Sequence

from bot.words.amounts import listed
from bot.words.language import gettext as _
from bot.words.language import mark

PARTS = {
    "gateway": mark("it is not connected to Discord"),
    "writer": mark("nothing can be written"),
    "model": mark("the model does not answer"),
    "worker": mark("the tuning worker has stopped"),
}
"""What is wrong where a part is not well, by its name in the answer of /healthz."""


def well() -> str:
    """Everything is as it should be."""
    return _("All is well: Discord, database, model and tuning.")


def worker_well() -> str:
    """The same of a process that only tunes."""
    return _("All is well: database, model and tuning.")


def unwell(parts: Sequence[str]) -> str:
    """What is not; `parts` are of `PARTS`."""
    return _("Not well: {what}.").format(what=listed([_(PARTS[part]) for part in parts]))


def silent(address: str) -> str:
    """Nobody answers."""
    return _("No bot answers at {address}.").format(address=address)
