"""Errors are sentences for the person who reads them.

Everything that a member, an admin or a self-hoster may be told derives from `FeelprintError`; its text
is shown as it is. `exit_code` is what the command line ends with (documented in the README).
"""


class FeelprintError(Exception):
    """A problem said in one sentence; `str(error)` is shown to a person unchanged."""

    exit_code = 1


class SettingsError(FeelprintError):
    """A setting is missing or wrong."""

    exit_code = 2


class DiscordRefused(FeelprintError):
    """Discord does not let the bot in (token, intents); starting again will not help."""

    exit_code = 3


class StorageError(FeelprintError):
    """The database cannot be opened or written: read-only, disk full, older or newer than this program."""

    exit_code = 4


class ModelError(FeelprintError):
    """The model cannot be used at all: key, quota, address, or it does not see images."""

    exit_code = 5


class ImageError(FeelprintError):
    """A picture cannot be used; the text is kind and says why."""
