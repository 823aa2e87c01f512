"""The settings of one server in words, and what Discord must still allow there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.words.amounts import either, in_a_row, money, sentences
from bot.words.emotions import named
from bot.words.language import gettext as _
from bot.words.language import mark, ngettext
from core.ports import Caps
from core.vocabulary.server_settings import GRACE_DAYS, ServerSettings

PERMISSIONS = {
    "view_channel": mark("View Channel"),
    "read_message_history": mark("Read Message History"),
    "send_messages": mark("Send Messages"),
    "add_reactions": mark("Add Reactions"),
}
"""What the bot needs in a channel, by Discord's names, as Discord's own settings call it."""

SAID = {**PERMISSIONS, "attach_files": mark("Attach Files")}
"""The same with what is needed only where the weekly game is played."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The settings of a server, a line for each that can be changed; `rest`: what there is to know beside them."""

    channels: str
    emotions: str
    thresholds: str
    seeds: str
    spoilers: str
    restricted: str
    roles: str
    budget: str
    warnings: str
    game: str
    rest: str


def overview(place: ServerSettings, lacking: Sequence[str], *, message_content: bool, caps: Caps) -> Overview:
    """`lacking` are sentences about channels, `caps` what may be spent there."""
    chosen = in_a_row(f"<#{channel_id}>" for channel_id in sorted(place.channels))
    emotions = " · ".join(named(place.label_set, name) for name in place.label_set.names)
    title = _("### Feelprint in this server")
    where = _("Channels: {channels}").format(channels=chosen or _("none yet: choose below"))
    label = _("Who may say what they feel: {who}").format(who=_roles(place.label_roles))
    ask = _("Who may ask about pictures: {who}").format(who=_roles(place.ask_roles))
    blind = _(
        "I may not see pictures in messages here, so reactions don't count; “Rate this image” and `/rate` do."
    )
    return Overview(
        channels=f"{title}\n{where}",
        emotions=_("Emotions: {emotions}").format(emotions=emotions),
        thresholds=_first_after(place),
        seeds=_("Emojis put under new pictures: {yes}").format(yes=_yes(place.seed_reactions)),
        spoilers=_("Spoilers: {yes}").format(yes=_yes(place.allow_spoilers)),
        restricted=_("Age-restricted channels: {yes}").format(yes=_yes(place.allow_nsfw)),
        roles=f"{label}\n{ask}",
        budget=_may_spend(caps),
        warnings=_warned_where(place),
        game=_played_where(place),
        rest="\n".join([_kept_for(), *lacking, *([] if message_content else [blind])]),
    )


def _kept_for() -> str:
    return ngettext(
        "-# If I am removed, all that is kept of this server is erased {number} day later, unless I am back.",
        "-# If I am removed, all that is kept of this server is erased {number} days later, unless I am back.",
        GRACE_DAYS,
    ).format(number=GRACE_DAYS)


def missing_permissions(channel: str, names: Sequence[str]) -> str:
    """What an admin has to allow before a channel works; `names` of `SAID`."""
    needed = in_a_row(_(SAID[name]) for name in names)
    return _("In {channel} I still need: {names}.").format(channel=channel, names=needed)


def roles_who() -> str:
    """Before roles are chosen."""
    return _(
        "Who may say what they feel, by reactions and by buttons, and who may ask about pictures? Whoever lacks "
        "the roles keeps what is theirs: they may read it and take it back. Reactions that are there when "
        "somebody gets a role count once they are made anew."
    )


def warnings_where() -> str:
    """Before a channel for warnings is chosen."""
    return _(
        "Where shall I tell you what you must know: that most of what may be spent here in a day is spent? "
        "Without a channel I take the one in which Discord tells you such things, or write to the server's owner."
    )


def invite_elsewhere(channels: Sequence[str]) -> str:
    """Instead of the invitation: somebody who joins where no picture counts could not begin."""
    if not channels:
        return _(
            "The invitation belongs where pictures count, and they count nowhere yet: choose channels above "
            "(age-restricted ones count once they are switched on)."
        )
    return _(
        "The invitation belongs where pictures count, and here they do not. Open `/setup` in {channels} and post "
        "it from there."
    ).format(channels=either(channels))


def too_many_channels(number: int, most: int) -> str:
    """Instead of storing the channels of whole categories; more than one could never be shown chosen again."""
    said = _("These are {number} channels, and I take up to {most}. Nothing was changed.")
    return said.format(number=number, most=most)


def budget_takes(most_usd: float | None) -> str:
    """What can be written in the form; `most_usd`: None where nothing is the most."""
    if most_usd is None:
        return _("It takes US dollars such as 0.50, or nothing: then there is no limit of this server's own.")
    return _(
        "It takes US dollars such as 0.50, at most {usd}, which whoever runs the bot allows; or nothing: then "
        "what is allowed holds."
    ).format(usd=money(most_usd))


def would_hide(labels: int, *, emotions: bool) -> str:
    """What a change of settings would do to labels; `emotions`: it is another label set."""
    if emotions:
        what = ngettext(
            "With other emotions {number} label that was made here no longer counts here.",
            "With other emotions {number} labels that were made here no longer count here.",
            labels,
        )
        then = _("Nothing is deleted: with the emotions of before, all of them count again.")
    else:
        what = ngettext(
            "With this change {number} label that was made here no longer counts.",
            "With this change {number} labels that were made here no longer count.",
            labels,
        )
        then = _("Nothing is deleted: when this is set back, all of them count again.")
    return sentences(what.format(number=labels), then)


def _first_after(place: ServerSettings) -> str:
    return ngettext(
        "A first feelprint after {labels} labels over at least {number} emotion",
        "A first feelprint after {labels} labels over at least {number} emotions",
        place.emotions_needed,
    ).format(labels=place.min_labels, number=place.emotions_needed)


def _roles(chosen: Collection[int]) -> str:
    return in_a_row(f"<@&{role_id}>" for role_id in sorted(chosen)) or _("everybody")


def _may_spend(caps: Caps) -> str:
    none = _("no limit of this server's own")
    cap = none if caps.server_usd_day is None else money(caps.server_usd_day)
    said = _("What the model may cost here in 24 hours: {cap}").format(cap=cap)
    if caps.member_usd_day is None:
        return said
    each = _("For one member, all places together: {cap}")
    return f"{said}\n{each.format(cap=money(caps.member_usd_day))}"


def _warned_where(place: ServerSettings) -> str:
    chosen = f"<#{place.notices_channel}>" if place.notices_channel else _("where Discord sends its own")
    return _("Warnings go to: {where}").format(where=chosen)


def _played_where(place: ServerSettings) -> str:
    where = f"<#{place.game_channel}>" if place.game_channel else _("off")
    return _("Weekly guessing game: {where}").format(where=where)


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
