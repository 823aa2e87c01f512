"""Asking a running bot how it is: what a supervisor starts every half a minute, so it loads next to nothing."""

import re
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.errors import SettingFault, SettingsError, SettingsProblem, WrongSetting
from bot.host.settings import HEALTH_AT, name_of
from bot.words import health as words

_LOCAL = "127.0.0.1"
_ANYWHERE = {"0.0.0.0": _LOCAL, "[::]": "[::1]"}  # noqa: S104 - what a server listens at, nobody can ask
_ASK_S = 10.0


async def asked(address: str | None) -> tuple[bool, str]:
    """Whether the bot that tells its health there is well, and what is to be said of it. Raises SettingsError."""
    if address is None:
        raise SettingsError(SettingsProblem.NO_HEALTH)
    shown, told = await _told(address)
    if wrong := [part for part in words.PARTS if told.get(part) is False]:
        return False, words.unwell(wrong)
    if not told.get("healthy"):
        return False, words.silent(shown)
    return True, words.well() if "gateway" in told else words.worker_well()


async def is_told(address: str) -> bool:
    """Whether a bot or a worker tells its health there, however it is."""
    _, told = await _told(address)
    return "healthy" in told


async def _told(address: str) -> tuple[str, Mapping[str, Any]]:
    """Where it was asked, and what a bot said there; nothing where none does."""
    host, port = parts_of(address)
    shown = f"{_ANYWHERE.get(host, host)}:{port}"
    try:
        timeout = aiohttp.ClientTimeout(total=_ASK_S)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{shown}/healthz") as got,
        ):
            told = await got.json()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return shown, {}
    return shown, told if isinstance(told, dict) else {}


def parts_of(address: str) -> tuple[str, int]:
    """The host and the port of a setting: this machine's own where there is only a port. Raises SettingsError."""
    if not re.match(HEALTH_AT, address):  # it may come from the command line
        raise SettingsError(
            SettingsProblem.WRONG, wrong=[WrongSetting(name_of("health"), SettingFault.VALUE, value=address)]
        )
    host, _, port = address.rpartition(":")
    return host or _LOCAL, int(port)
