"""Commands in the languages that there are catalogues for, as Discord asks for them when they are announced."""

import asyncio

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
        if language.nearest(str(locale)) == language.ENGLISH:
            return None  # Discord asks for each word in each of its thirty languages
        with language.speaking(str(locale)):
            said = language.gettext(string.message)
        return said if said != string.message else None
