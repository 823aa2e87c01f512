"""Logging: one line an event, secrets masked, discord.py never below INFO.

Every line of what one press, command or reaction set going has the same `request`, every line of a tuning run its
`run`. Both are drawn by chance, so a log that is passed on leads to nobody.

discord.py's DEBUG prints whole gateway events and addresses with interaction tokens in them, so it is
not for having, whatever the level of our own logs. Ids of members are logged nowhere at INFO or above.
"""

import logging
import re
import secrets
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, WrappedLogger

_LOOKS_SECRET = re.compile(
    r"(sk-[A-Za-z0-9_-]{16,}|[MNO][A-Za-z\d_-]{23,}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|(?<=/interactions/)\S+|(?<=/webhooks/)\S+)"
)


class Mask:
    """Replaces known secrets, and whatever looks like one, in finished log lines."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text with secrets replaced."""
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        return _LOOKS_SECRET.sub("•••", text)


class _MaskedRenderer:
    """Renders an event, then masks the line: nothing that was bound or raised escapes it."""

    def __init__(self, mask: Mask, json: bool) -> None:
        self._mask = mask
        self._render = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> str:
        rendered = self._render(logger, name, event)
        return self._mask(rendered if isinstance(rendered, str) else rendered.decode())


def follow() -> None:
    """From here to the end of this task, and in all that it begins, lines have one new `request`."""
    structlog.contextvars.bind_contextvars(request=secrets.token_hex(4))


def set_up_logs(level: str, *, json: bool = False, secrets: Sequence[str] = ()) -> None:
    """Send the logs of everything to standard error, in one form, masked."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _MaskedRenderer(Mask(secrets), json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for quiet in (
        "sqlalchemy",
        "alembic",
        "aiosqlite",
        "httpx2",
        "httpcore2",
        "openai",
        "PIL",
        "matplotlib",
        "asyncio",
        "procrastinate",
    ):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level.upper())))
    for chatty in ("discord.client", "discord.gateway", "psycopg"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
