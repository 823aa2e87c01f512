"""Settings: the environment and `.env`, all problems told at once.

`DISCORD_TOKEN`, `OPENAI_API_KEY` and `OPENAI_BASE_URL` keep the names that everybody uses; ours begin
with `FEELPRINT_`. Blank means unset. A name of ours that we do not know is a problem too, and so is a line that
is no setting: a typing mistake in a spending cap must not pass for "no cap".
"""

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, Json, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingFault, SettingsError, SettingsProblem, WrongSetting
from core.ports import Caps
from core.vocabulary.reasons import Caution, Mode

PREFIX = "FEELPRINT_"
DEFAULT_FILE = Path(".env")
"""It may be missing: in a container all stands in the environment."""

_KEY = 16
"""A header of so many letters may hold a key; a shorter one names a provider, and is no secret."""


_PORT = r"([0-5]?\d{1,4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
HEALTH_AT = rf"^(([^\s:\[\]]+|\[[\da-fA-F:]+\]):)?{_PORT}$"
"""A port, or an address and a port."""

FORMER_CAUTION = "FEELPRINT_PRESET"
"""What `caution` was called before, with other values: it is still read (`renamed`)."""

_NEAR = 0.85
"""How alike, of 1, DISCORD_BOT_TOKEN and DISCORD_TOKEN are, roughly."""

_PASSWORD = 4
_PASSWORDS = (re.compile(r"://[^:/?#]*:(.+)@"), re.compile(r"password\s*=\s*'?([^'\s&]+)", re.IGNORECASE))


def _as_once(value: object) -> object:
    """What a former value means now."""
    return {"strict": "careful", "eco": "normal", "thorough": "normal"}.get(str(value), value)


def _sendable(value: SecretStr) -> SecretStr:
    """Of characters that a request can carry: quotes of a word processor, for one, are none."""
    if not _is_plain(value.get_secret_value()):
        raise ValueError
    return value


def _as_headers(value: dict[str, str]) -> dict[str, str]:
    if not all(_is_plain(text) for pair in value.items() for text in pair):
        raise ValueError
    return value


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _an_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value) or parts.port == 0:
        raise ValueError
    return value


_Secret = Annotated[SecretStr, AfterValidator(_sendable)]


class Settings(BaseSettings):
    """Everything that a self-hoster can choose. What each takes is said in `bot.words.setting_values`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    discord_token: _Secret | None = Field(None, validation_alias="DISCORD_TOKEN")
    openai_api_key: _Secret | None = Field(None, validation_alias="OPENAI_API_KEY")
    openai_base_url: Annotated[str, AfterValidator(_an_address)] | None = Field(
        None, validation_alias="OPENAI_BASE_URL", repr=False
    )
    model: str = "gpt-4.1-mini"
    writer_model: str | None = None
    request_headers: Annotated[Json[dict[str, str]], AfterValidator(_as_headers)] = Field(
        default_factory=dict, validate_default=False, repr=False
    )
    request_fields: Json[dict[str, Any]] = Field(default_factory=dict, validate_default=False)
    price_in: float | None = Field(None, ge=0)
    price_out: float | None = Field(None, ge=0)
    writer_price_in: float | None = Field(None, ge=0)
    writer_price_out: float | None = Field(None, ge=0)
    usd_per_day: float | None = Field(2.0, ge=0)
    server_usd_per_day: float | None = Field(None, ge=0)
    member_usd_per_day: float | None = Field(0.5, ge=0)
    call_seconds: float = Field(60.0, ge=5, le=600)
    concurrency: int = Field(4, ge=1, le=64)

    database: str = Field("data/feelprint.db", repr=False)
    state_dir: Path = Path("data")
    mode: Mode = Mode.RULES
    caution: Annotated[Caution, BeforeValidator(_as_once)] = Field(
        Caution.NORMAL, validation_alias=AliasChoices("FEELPRINT_CAUTION", FORMER_CAUTION)
    )
    quiet_seconds: float = Field(60.0, ge=0, le=86_400)
    keep_days: int = Field(7, ge=2, le=3650)
    feel_per_minute: int = Field(6, ge=1, le=120)

    message_content: bool = True
    shards: int | None = Field(None, ge=1)
    image_workers: int = Field(2, ge=1, le=16)
    catchup_calls: int = Field(200, ge=0)
    health: str | None = Field(None, pattern=HEALTH_AT)
    contact: str | None = Field(None, max_length=200)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False

    @property
    def offline(self) -> bool:
        """Whether the offline model answers: there is neither a key nor an address of a model."""
        return self.openai_api_key is None and self.openai_base_url is None

    @property
    def caps(self) -> Caps:
        """What may be spent in 24 hours, and by whom."""
        return Caps(self.usd_per_day, self.member_usd_per_day, self.server_usd_per_day)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never appear in a log."""
        values = (self.discord_token, self.openai_api_key)
        keys = tuple(value for value in self.request_headers.values() if len(value) >= _KEY)
        keys += (*_passwords(self.database), *_passwords(self.openai_base_url or ""))
        return keys + tuple(value.get_secret_value() for value in values if value is not None)


def load_settings(env_file: Path | None = DEFAULT_FILE) -> Settings:
    """Read the environment and `.env`; what stands in the environment wins.

    Raises SettingsError with every problem that there is; one is a file that was named and is not there.
    """
    try:
        problems = [*_unread_lines(env_file), *_unknown_names(env_file)]
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        problems += [_wrong(problem["loc"][0], problem["input"]) for problem in error.errors()]
    except UnicodeDecodeError as error:
        raise SettingsError(SettingsProblem.NOT_TEXT, path=str(env_file)) from error
    except OSError as error:
        why = (error.strerror or "").lower()
        raise SettingsError(SettingsProblem.UNREADABLE, path=str(env_file), why=why) from error
    if problems:
        raise SettingsError(SettingsProblem.WRONG, wrong=problems)
    return settings


def name_of(field: str) -> str:
    """The name of a field in the environment."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"


def renamed(env_file: Path | None = DEFAULT_FILE) -> bool:
    """Whether a setting goes by its former name (`FORMER_CAUTION`)."""
    return FORMER_CAUTION in _given(env_file)


def misspelt(env_file: Path | None = DEFAULT_FILE) -> list[WrongSetting]:
    """Names that read like one of those that everybody uses, where that one is not set.

    They may as well be another program's, so they are no problem, but worth a word.
    """
    given = _given(env_file)
    usual = {name for name in map(name_of, Settings.model_fields) if not name.startswith(PREFIX)}
    near = {name: difflib.get_close_matches(name, usual - given, n=1, cutoff=_NEAR) for name in given - usual}
    return [WrongSetting(name, SettingFault.MISSPELT, meant=near[name][0]) for name in sorted(near) if near[name]]


def _passwords(address: str) -> Iterator[str]:
    """The password in a database's address, as it is written and as it is meant, however oddly it is written."""
    for found in (form.search(address) for form in _PASSWORDS):
        if found is not None and len(found[1]) >= _PASSWORD:
            yield from {found[1], unquote(found[1])}


def _wrong(place: int | str, value: object) -> WrongSetting:
    names = {name_of(field): field for field in Settings.model_fields} | {FORMER_CAUTION: "caution"}
    field = names.get(str(place), str(place))
    sent = field in {"discord_token", "openai_api_key", "request_headers"}
    if sent or "@" in str(value):
        fault = SettingFault.CHARACTER if sent and not _is_plain(str(value)) else SettingFault.SECRET
        return WrongSetting(name_of(field), fault)
    return WrongSetting(name_of(field), SettingFault.VALUE, value=str(value))


def _given(env_file: Path | None) -> set[str]:
    """The names in the environment and in the file."""
    return set(os.environ) | (set(dotenv_values(env_file)) if env_file and env_file.exists() else set())


def _unread_lines(env_file: Path | None) -> Iterator[WrongSetting]:
    """Lines that are neither NAME=value nor a comment. They may hold a secret, so only their number is told.

    Raises OSError where there is no file to read, unless nobody named one.
    """
    if env_file is None or (env_file == DEFAULT_FILE and not env_file.exists()):
        return
    with env_file.open(encoding="utf-8") as lines:
        for read in parse_stream(lines):
            if read.error:
                text = read.original.string
                blank = text[: len(text) - len(text.lstrip())].count("\n")
                yield WrongSetting(str(env_file), SettingFault.LINE, value=str(read.original.line + blank))


def _unknown_names(env_file: Path | None) -> Iterator[WrongSetting]:
    known = [*(name_of(field) for field in Settings.model_fields), FORMER_CAUTION]
    for name in sorted(_given(env_file)):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            fault = SettingFault.MISSPELT if close else SettingFault.UNKNOWN
            yield WrongSetting(name, fault, meant="".join(close))
