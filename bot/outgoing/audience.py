"""Whether all who see one channel see another, too: only then is a picture of that one shown in this one.

Members are not known to us, so it is asked of roles. What somebody loses there by one role although another lets
them see it here, or is given or taken as a person, is not reckoned out: such a channel is taken for closed.
"""

from typing import TypeAlias

import discord

from bot.intake.reading import OfServer

_WithRights: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel


def sees_all(there: OfServer, here: OfServer) -> bool:
    """Whether everybody who sees `here` may see and read what stands `there`."""
    if isinstance(there, discord.Thread) and there.is_private():
        return there.id == here.id
    source, target = _with_rights(there), _with_rights(here)
    if source is None or target is None:
        return False
    if source.id == target.id:
        return True
    me, everybody = source.guild.me.id, source.guild.default_role
    closed = any(
        False in (said.view_channel, said.read_message_history)
        for who, said in source.overwrites.items()
        if who.id not in (me, everybody.id)
    )
    let_in = any(
        said.view_channel
        for who, said in target.overwrites.items()
        if who.id != me and target.guild.get_role(who.id) is None
    )
    return (
        not closed
        and not let_in
        and all(_reads(source, role) for role in source.guild.roles if _sees(target, role))
    )


def _with_rights(channel: OfServer) -> _WithRights | None:
    """The channel whose rights hold: a thread has those of the one that it belongs to."""
    return channel.parent if isinstance(channel, discord.Thread) else channel


def _sees(channel: _WithRights, role: discord.Role) -> bool:
    return channel.permissions_for(role).view_channel


def _reads(channel: _WithRights, role: discord.Role) -> bool:
    rights = channel.permissions_for(role)
    return rights.view_channel and rights.read_message_history
