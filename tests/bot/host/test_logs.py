"""Logs: nothing secret in any line, discord.py never below INFO."""

import importlib.util
import logging

import pytest
import structlog

from bot.host.logs import Mask, set_up_logs

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
KEY = "sk-proj-canary-0123456789abcdef"


@pytest.mark.parametrize("json", [False, True])
def test_secrets_never_reach_a_line(capsys, logs_restored, json):
    set_up_logs("debug", json=json, secrets=["plain-canary"])
    log = structlog.get_logger("ours")
    log.info("bound", token=TOKEN, url=f"postgresql+psycopg://me:hush@host/db {KEY}")
    logging.getLogger("theirs").warning("formatted %s", "plain-canary")
    log.error("broken", exc_info=RuntimeError(f"raised with plain-canary and {KEY}"))
    lines = capsys.readouterr().err
    assert "bound" in lines
    assert "formatted" in lines
    assert "broken" in lines
    for canary in (TOKEN, KEY, "plain-canary", "hush"):
        assert canary not in lines


def test_discord_and_sql_stay_quiet_even_at_debug(logs_restored):
    set_up_logs("debug")
    assert not logging.getLogger("discord.gateway").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("discord.http").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("sqlalchemy.engine").isEnabledFor(logging.INFO)


def test_what_carries_requests_to_the_model_stays_quiet_at_debug_by_the_names_that_it_has(logs_restored):
    set_up_logs("debug")
    sent = [module for module in ("httpcore2", "httpx2", "openai") if importlib.util.find_spec(module)]
    assert sent == ["httpcore2", "httpx2", "openai"], "the client's own libraries have other names"
    assert not any(logging.getLogger(f"{module}.any").isEnabledFor(logging.DEBUG) for module in sent)


def test_the_longer_secret_is_masked_first():
    assert "b" not in Mask(["a", "ab"])("ab")
