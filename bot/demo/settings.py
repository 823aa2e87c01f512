"""The settings that the demo runs with, whatever stands in the environment."""

from pathlib import Path
from typing import Any

from pydantic_settings import PydanticBaseSettingsSource

from bot.settings import Settings


class DemoSettings(Settings):
    """Settings that neither the environment nor a file can change."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: Any, init_settings: PydanticBaseSettingsSource, **_: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the demo says, and nothing else."""
        del settings_cls
        return (init_settings,)


def settings_in(folder: Path) -> Settings:
    """A database of its own in a folder, the offline model, and a short quiet time."""
    return DemoSettings(
        database=str(folder / "demo.db"),
        state_dir=folder,
        quiet_seconds=2.0,
        feel_per_minute=120,
        log_level="error",
    )
