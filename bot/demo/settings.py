"""The settings that the demo runs with, whatever stands in the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.host.settings import Settings


class DemoSettings(Settings):
    """Settings that neither the environment nor a file can change."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the demo says, and nothing else."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


QUIET_S = 5.0
"""How long nobody reacts before the bot tunes: what a visitor of the page waits for."""


def settings_in(folder: Path) -> Settings:
    """A database of its own in a folder, the offline model, and a short quiet time."""
    chosen = {"database": str(folder / "demo.db"), "state_dir": folder, "log_level": "error"}
    return DemoSettings.model_validate(chosen | {"quiet_seconds": QUIET_S, "feel_per_minute": 120})
