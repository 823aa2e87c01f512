"""What every set of buttons and every form shares: the door is asked at each press, errors become sentences.

A class says `needs=` or cannot be made. The owner of buttons is asked for at the same door.
"""

import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ClassVar, TypeAlias

import discord

from bot.discord_ui.doors import refusal_of
from bot.discord_ui.replies import Upload, acknowledge, replace_message, say, say_error
from bot.words.refused import sentence
from core.collecting.doors import Needs, Who
from core.collecting.refusals import Refusal

MINUTES = 14 * 60
"""Discord lets an interaction's message be edited for 15 minutes; buttons end a little before."""


Press: TypeAlias = Callable[[discord.Interaction[Any]], Coroutine[Any, Any, None]]


class Guarded:
    """Whoever presses or submits is asked at the door first, and told what went wrong."""

    needs: ClassVar[Needs]
    _owner: int | None = None

    def __init_subclass__(cls, *, needs: Needs, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.needs = needs

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Refuse, with a sentence, whoever may not."""
        try:
            return await self._admitted(interaction)
        except Exception as error:  # discord.py says nothing of one about a button that outlives restarts
            await say_error(interaction, error)
            return False

    async def _admitted(self, interaction: discord.Interaction[Any]) -> bool:
        refused = await refusal_of(interaction, self.needs, owner=self._owner)
        if refused is None:
            return True
        said = sentence(refused.why, refused.seconds)
        if refused.why is Refusal.NOT_JOINED and isinstance(self, discord.ui.View):
            await replace_message(interaction, said, view=None)  # these buttons will never do anything again
        else:
            await say(interaction, said)
        return False

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /, *_: Any) -> None:
        """Tell the person who pressed or submitted."""
        await say_error(interaction, error)


def button(
    label: str, press: Press, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> discord.ui.Button[Any]:
    """A button that says `label`; `press` answers it."""
    made: discord.ui.Button[Any] = discord.ui.Button(label=label, style=style)
    made.callback = press  # type: ignore[method-assign, assignment]
    return made


class OwnView(Guarded, discord.ui.View, needs=Needs(Who.ANYBODY)):
    """Buttons for one person."""

    def __init__(self, owner: int, *, timeout: float | None = MINUTES) -> None:
        super().__init__(timeout=timeout)
        self._owner = owner


class OwnLayout(Guarded, discord.ui.LayoutView, needs=Needs(Who.ANYBODY)):
    """A card with buttons for one person. `uploads`: the files that it shows, sent with it."""

    uploads: Sequence[Upload] = ()

    def __init__(self, owner: int, *, timeout: float | None = MINUTES) -> None:
        super().__init__(timeout=timeout)
        self._owner = owner


class Lasting(
    Guarded,
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    needs=Needs(Who.ANYBODY),
    template=re.compile("feelprint:lasting"),
):
    """A button or menu that outlives restarts: all that it needs to know stands in its custom id.

    What stands there is taken for what somebody says, never for what is so.
    """

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press."""
        raise NotImplementedError

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press; whatever goes wrong is told, as discord.py only logs it."""
        try:
            await self.press(interaction)
        except Exception as error:
            await say_error(interaction, error)


class Form(Guarded, discord.ui.Modal, needs=Needs(Who.ANYBODY)):
    """A form; Discord shows it to one person alone."""


class Choice(OwnView, needs=Needs(Who.ANYBODY)):
    """Two buttons, one of which is pressed once; `answer` says what each does and returns the sentence.

    `then`: the buttons that take their place.
    """

    then: discord.ui.View | None = None

    def __init__(self, owner: int, yes: str, no: str, *, dangerous: bool = False) -> None:
        super().__init__(owner)
        self.yes.label, self.no.label = yes, no
        if dangerous:
            self.yes.style = discord.ButtonStyle.danger

    async def answer(self, interaction: discord.Interaction[Any], agreed: bool) -> str:
        """Do what was chosen."""
        raise NotImplementedError

    @discord.ui.button(style=discord.ButtonStyle.primary)
    async def yes(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Choice"]) -> None:
        """The first button."""
        await self._chosen(interaction, agreed=True)

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def no(self, interaction: discord.Interaction[Any], _: discord.ui.Button["Choice"]) -> None:
        """The second button."""
        await self._chosen(interaction, agreed=False)

    async def _chosen(self, interaction: discord.Interaction[Any], *, agreed: bool) -> None:
        await acknowledge(interaction)
        if self.is_finished():  # pressed twice: the first press is being answered
            return
        self.stop()
        await replace_message(interaction, await self.answer(interaction, agreed), view=self.then)
