"""Commands in the languages that there are catalogues for, as Discord asks for them when they are announced."""

import asyncio
from functools import cache

from discord import Locale, app_commands

from bot.words import language


class CatalogueTranslator(app_commands.Translator):
    """Says what `bot.words.commands` marks; what is in no catalogue (a slash command's name) stays as it is."""

    async def load(self) -> None:
        """Read every catalogue now, and not while somebody waits for an answer."""
        await asyncio.to_thread(language.load)

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The words for one of Discord's languages, or None where they are no different."""
        del context
        return _said(string.message, str(locale))


@cache
def _said(message: str, locale: str) -> str | None:
    """What is said instead; kept, as Discord asks for each word in each of thirty languages, and we twice."""
    if language.nearest(locale) == language.ENGLISH:
        return None
    with language.speaking(locale):
        said = language.gettext(message)
    return said if said != message else None
