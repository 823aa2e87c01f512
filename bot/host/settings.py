"""Settings: the environment and `.env`, all problems told at once in plain words.

`DISCORD_TOKEN`, `OPENAI_API_KEY` and `OPENAI_BASE_URL` keep the names that everybody uses; ours begin
with `FEELPRINT_`. Blank means unset. A name of ours that we do not know is a problem too: a typing
mistake in a spending cap must not pass for "no cap".
"""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.vocabulary.errors import SettingsError
from core.vocabulary.feelprint import Mode

PREFIX = "FEELPRINT_"


class Settings(BaseSettings):
    """Everything that a self-hoster can choose. A field's description ends the sentence "It takes ..."."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    discord_token: SecretStr | None = Field(
        None, validation_alias="DISCORD_TOKEN", description="the bot token of the Discord developer portal"
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="the key of your model provider"
    )
    openai_base_url: str | None = Field(
        None,
        validation_alias="OPENAI_BASE_URL",
        pattern=r"^https?://\S+$",
        description="an address such as http://localhost:11434/v1",
    )
    model: str = Field("gpt-4.1-mini", description="the name of a model that sees pictures")
    writer_model: str | None = Field(None, description="the name of a model; unset: the same as FEELPRINT_MODEL")
    price_in: float = Field(0.40, ge=0, description="US dollars for a million input tokens")
    price_out: float = Field(1.60, ge=0, description="US dollars for a million output tokens")
    usd_per_day: float | None = Field(2.0, ge=0, description="US dollars that all members together may cost a day")
    member_usd_per_day: float | None = Field(0.5, ge=0, description="US dollars that one member may cost a day")
    call_seconds: float = Field(60.0, ge=5, le=600, description="seconds that one model call may take, 5 to 600")
    concurrency: int = Field(4, ge=1, le=64, description="how many model calls may run at once, 1 to 64")

    database: str = Field(
        "data/feelprint.db", description="a file path, or an address that begins with postgresql+psycopg://"
    )
    state_dir: Path = Field(Path("data"), description="a folder for the bot's own small notes")
    mode: Mode = Field("rules", description="rules or paper")
    preset: Literal["eco", "normal", "strict", "thorough"] = Field(
        "normal", description="eco, normal, strict or thorough"
    )
    quiet_seconds: float = Field(60.0, ge=0, description="seconds without new reactions before tuning begins")
    feel_per_minute: int = Field(6, ge=1, le=120, description="how often one person may ask in a minute, 1 to 120")

    message_content: bool = Field(True, description="true or false")
    shards: int | None = Field(None, ge=1, description="a whole number of shards; unset: Discord's advice")
    image_workers: int = Field(2, ge=1, le=16, description="how many picture workers to run, 1 to 16")
    catchup_calls: int = Field(200, ge=0, description="how many requests a catch-up may make; 0 switches it off")
    contact: str | None = Field(None, max_length=200, description="how members reach whoever runs the bot")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error"
    )
    log_json: bool = Field(False, description="true or false")

    @property
    def offline(self) -> bool:
        """Whether the offline model answers: there is neither a key nor an address of a model."""
        return self.openai_api_key is None and self.openai_base_url is None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never appear in a log."""
        values = (self.discord_token, self.openai_api_key)
        return tuple(value.get_secret_value() for value in values if value is not None)


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment and `.env`; what stands in the environment wins.

    Raises SettingsError with one line for each problem.
    """
    try:
        problems = list(_unknown_names(env_file))
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        problems += [_sentence(problem["loc"][0], problem["input"]) for problem in error.errors()]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {env_file} cannot be read: {_reason(error)}.") from error
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def name_of(field: str) -> str:
    """The name of a field in the environment."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"


def _sentence(place: int | str, value: object) -> str:
    names = {name_of(field): field for field in Settings.model_fields}
    field = names.get(str(place), str(place))
    info = Settings.model_fields[field]
    said = "" if field in {"discord_token", "openai_api_key"} else f" is “{value}”, which does not work"
    return f"{name_of(field)}{said}: it takes {info.description}."


def _unknown_names(env_file: Path | None) -> Iterator[str]:
    known = [name_of(field) for field in Settings.model_fields]
    given = set(os.environ) | (set(dotenv_values(env_file)) if env_file and env_file.exists() else set())
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            yield f"{name} is not a setting{f'; did you mean {close[0]}?' if close else '.'}"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "unknown reason").lower() if isinstance(error, OSError) else "it is not UTF-8 text"
