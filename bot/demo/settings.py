"""The settings that the demo runs with, whatever stands in the environment."""

from pathlib import Path

from bot.settings import Settings


def settings_in(folder: Path) -> Settings:
    """The demo's settings: a database of its own, the offline model, whatever the environment says."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        DISCORD_TOKEN=None,
        OPENAI_API_KEY=None,
        OPENAI_BASE_URL=None,
        database=str(folder / "demo.db"),
        state_dir=folder,
        quiet_seconds=2.0,
        feel_per_minute=120,
        log_level="error",
    )
