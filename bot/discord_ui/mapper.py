"""One mapper from whatever went wrong to the sentence that a person reads.

Our own errors carry a reason, which `bot.words.problems` says. Anything else gets a number to quote, and
is logged in full under that number without saying whom it happened to.
"""

import secrets

import discord
import structlog
from discord import app_commands

from bot.words import problems, texts
from core.vocabulary.errors import FeelprintError, StorageError

log = structlog.get_logger(__name__)


def sentence_for(error: BaseException) -> str:
    """The sentence for an error; logs it where it is none of ours."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, FeelprintError):
        if isinstance(error, StorageError):
            log.warning("database.unusable", problem=str(error))
        return problems.for_member(error)
    if isinstance(error, app_commands.NoPrivateMessage):
        return texts.servers_only()
    if isinstance(error, discord.Forbidden):
        return texts.forbidden()
    incident = secrets.token_hex(3)
    log.error("incident", incident=incident, exc_info=error)
    return texts.incident(incident)
