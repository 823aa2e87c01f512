"""The bot's own small notes on disk: when it last started, which commands it announced."""

from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class StateFolder:
    """Short texts by name in one folder. Losing them costs a little time and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> str:
        """A note, empty where there is none."""
        try:
            return (self._folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def write(self, name: str, text: str) -> None:
        """Write a note whole, or leave the old one and say so."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = self._folder / f".{name}.new"
            new.write_text(text, encoding="utf-8")
            new.replace(self._folder / name)
        except OSError as error:
            log.warning("state.not_kept", note=name, why=error.strerror)
