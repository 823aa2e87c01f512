"""Every short sentence that people read on Discord: warm, short, exact.

No jargon, no false certainty, at most one emoji a line. The longer cards are in `bot.words.cards`.

Not said here, nor in any catalogue: prompts to the model and what the offline model answers (`core`), log
events, the help of the command line's options, the telling of the demo (`bot.demo.story` and its report).
"""

from collections.abc import Collection

from bot.words.amounts import listed, sentences
from bot.words.emotions import called
from bot.words.language import gettext as _
from bot.words.language import ngettext
from bot.words.outcomes import run_reason
from core.vocabulary.emotions import LabelSet
from core.vocabulary.reasons import RunReason
from core.vocabulary.server_settings import MIN_EMOTIONS, MIN_LABELS


def admins_only() -> str:
    return _("This one is for people who may manage the server.")


def no_role() -> str:
    return _("In this server only some roles may do that. What is yours you may always read and take back.")


def servers_only() -> str:
    return _("This works in a server, not in a private conversation.")


def forbidden() -> str:
    return _("Discord does not let me do that here. Somebody who manages the server can give me the permission.")


def not_yours() -> str:
    return _("These buttons belong to somebody else. Use the command yourself to get your own.")


def joined() -> str:
    return _(
        "You're in. What I keep of what you feel:\n"
        "• your reactions with the emotion emojis, and your answers to “Rate this image”\n"
        "• a small copy of each picture that you reacted to or rated\n"
        "• what I learn from them: a few plain sentences about you, and how often they were right\n"
        "• what each question to the model cost; it sees the pictures and your feelings, never your name\n"
        "`/forget` erases all of it (costs stay, without you), `/export` hands it to you, `/privacy` says more."
    )


def joined_before() -> str:
    return _("You're in already. `/progress` shows where you stand, `/forget` erases everything.")


def no_channel_here() -> str:
    """To somebody who joins where their reactions cannot count."""
    return _(
        "Reactions count in channels that a server has chosen, and here there is none. Your own pictures work "
        "everywhere: shall we start with up to ten of them?"
    )


def count_past() -> str:
    return _("Shall I also count the reactions you already have on recent pictures here?")


def counting_past() -> str:
    return _("I'm counting them now. `/progress` shows what I found.")


def counted_past(found: int, back_to: int | None, unread: int) -> str:
    counted = ngettext(
        "I counted {number} reaction from before.", "I counted {number} reactions from before.", found
    )
    nothing = _("I found nothing from before that does not count already.")
    said = [counted.format(number=found) if found else nothing]
    if back_to is not None:
        rest = _("So far I looked back to {day}; I go on with the older ones by and by.")
        said.append(rest.format(day=f"<t:{back_to // 1000}:D>"))
    if unread:
        closed = ngettext(
            "There is {number} channel here that I may not read back in.",
            "There are {number} channels here that I may not read back in.",
            unread,
        )
        said.append(closed.format(number=unread))
    return sentences(*said)


def fresh_start() -> str:
    return _("Good. I start with your next reaction.")


def join_first() -> str:
    return _("I keep nothing of what you feel until you join. Press Join or use `/join`; it takes a second.")


def paused() -> str:
    return _("Paused. I keep what is there and collect nothing new; `/join` resumes, `/forget` erases.")


def not_joined() -> str:
    return _("You have not joined, so nothing that you feel is kept here. `/join` starts it.")


def adds_nothing_while_paused() -> str:
    return _("You have paused, so I note nothing new. Taking something back works, and `/join` resumes.")


def consent_lapsed() -> str:
    return _(
        "What I keep has changed since you joined, so I note nothing new of you until you `/join` again. What is "
        "there you may read and take back, and `/forget` erases it."
    )


def emotions_changed() -> str:
    return _("The emotions of this server have changed meanwhile. Please open this once more.")


def no_picture() -> str:
    return _("I see no picture in that message. Stickers and website cards don't count; an uploaded picture does.")


def which_picture() -> str:
    return _("That message has several pictures. Which one do you mean?")


def hidden_picture() -> str:
    return _("That picture is hidden as a spoiler, or in an age-restricted channel. I leave those alone here.")


def not_an_image() -> str:
    return _("That file is not a picture that I can read. JPEG, PNG, GIF, WebP, AVIF and HEIC work.")


def how_do_you_feel() -> str:
    return _("How does this picture make you feel? Press all that fits; press again to take it back.")


def not_kept() -> str:
    return _("That answer could not be kept just now. Please try again.")


def rating_gone() -> str:
    return _("Taken back. This picture counts for nothing here now.")


def forget_sure(*, months: bool) -> str:
    """Before everything is erased; `months`: a menu of these stands below."""
    said = _(
        "This erases your reactions and answers, the pictures only you reacted to, your feelprint and its whole "
        "history. It cannot be undone. Your reactions on Discord itself stay where they are, and a no to your own "
        "pictures stays in force until you take it back."
    )
    part = _("Only a part? A picture: Apps → “Rate this image”. A rule: `/feelprint edit`. A month: below.")
    return f"{said}\n{part}" if months else said


def forget_month_sure(month: str, labels: int) -> str:
    """Before a month is erased."""
    said = ngettext(
        "This erases all that you felt in {month}, wherever it was and also where you changed it later: {number} "
        "label, with the small copy of its picture where nobody else needs it. It cannot be undone. What was "
        "learned from it stays until I look again.",
        "This erases all that you felt in {month}, wherever it was and also where you changed it later: {number} "
        "labels, with the small copies of their pictures where nobody else needs them. It cannot be undone. What "
        "was learned from them stays until I look again.",
        labels,
    )
    return said.format(month=month, number=labels)


def forgot_month(labels: int) -> str:
    """After it."""
    return ngettext("Done. {number} label is gone.", "Done. {number} labels are gone.", labels).format(
        number=labels
    )


def forget_kept() -> str:
    return _("Nothing was erased.")


def export_ready() -> str:
    return _(
        "Everything I keep about you is in here. Unpack it and open `index.html` to look at it; `labels.csv` is a "
        "table, `feelprint.txt` your rules, `data.json` every row, and the pictures are in `pictures`."
    )


def export_part(number: int) -> str:
    """With each file after the first: Discord takes none larger."""
    return _("More of what I keep about you, part {number}.").format(number=number)


def panel_posted(channel: str) -> str:
    return _("The invitation stands in {channel}.").format(channel=channel)


def panel_title() -> str:
    return _("## Let me learn how you feel about pictures")


def panel_text() -> str:
    return _(
        "React to pictures here as you always do. Once I know enough of your reactions, I can guess how a picture "
        "would make *you* feel, not how it makes most people feel, and I tell you in plain words why.\n"
        "Nothing is kept of what somebody feels who has not joined. Is a picture of yours not to be used? Apps → "
        "“Do not use my picture”, or `/pictures off`."
    )


def no_longer_heard() -> str:
    return _("That is from too long ago, so I changed nothing. Please use the command again.")


def leaving() -> str:
    return _("I am being restarted and could not finish this. Please try once more in a minute.")


def slow_down(seconds: float) -> str:
    """Asked too often."""
    whole = max(1, round(seconds))
    return ngettext(
        "One moment, please: you can ask again in {number} second.",
        "One moment, please: you can ask again in {number} seconds.",
        whole,
    ).format(number=whole)


def incident(number: str) -> str:
    """Something of ours broke."""
    return _("Something went wrong on my side, and it is noted. If you report it, please say {number}.").format(
        number=number
    )


def forgotten(labels: int) -> str:
    """What /forget did."""
    what = ngettext("your label", "your {number} labels", labels) if labels else _("all there was")
    return _(
        "Done. I have erased {what} and everything that was learned from you. You can `/join` anew at any time."
    ).format(what=what.format(number=labels))


def erased(labels: int) -> str:
    """What `feelprint forget` did."""
    return ngettext("Erased, with {number} label.", "Erased, with {number} labels.", labels).format(number=labels)


def erase_sure() -> str:
    """Before `feelprint forget` does it."""
    return _("This cannot be undone. Erase everything about this member?")


def rated(emotions: Collection[str], label_set: LabelSet) -> str:
    """What a member's answer stands at now."""
    return _("Noted: {emotions}.").format(emotions=_felt(emotions, label_set)) if emotions else rating_gone()


def so_far(emotions: Collection[str], label_set: LabelSet) -> str:
    """What a member has answered before."""
    return _("So far: {emotions}.").format(emotions=_felt(emotions, label_set))


def _felt(emotions: Collection[str], label_set: LabelSet) -> str:
    return listed([called(label_set, name) for name in label_set.names if name in emotions])


def no_feelprint() -> str:
    return _("### No feelprint yet")


def what_i_tried() -> str:
    return _("-# `/feelprint why` tells what I tried.")


def all_ideas() -> str:
    """Beside the file."""
    return _("Every idea, from how many of your pictures it came, what became of it, and why:")


def thresholds() -> str:
    return _("It takes {few} to {many} labels and {least} to {most} emotions.").format(
        few=MIN_LABELS.least, many=MIN_LABELS.most, least=MIN_EMOTIONS.least, most=MIN_EMOTIONS.most
    )


def taken_back(reason: RunReason) -> str:
    """The message that tells a member that their version was taken back, and why."""
    more = _("`/feelprint why` tells more. Each picture that you react to helps me to find what holds now.")
    return sentences(run_reason(reason), more)


def privacy(model: str, contact: str | None, *, offline: bool, asks_not_to_store: bool) -> str:
    """What /privacy says. `asks_not_to_store`: the model's server takes it, and every request says so."""
    stays = _("The pictures stay on the machine that runs this bot: its small offline model answers.")
    sent = _(
        "The pictures and feelings are sent to the model that answers ({model}), without your name or id. {store} "
        "What its provider keeps of them, and what for, is as its own terms say: I cannot know it."
    )
    asked = _("Each request asks it not to store that.")
    unasked = _("It is not asked not to store that, as it does not take the question.")
    kept = _(
        "**Nothing that you feel is kept until you join.** If you ask me about a picture before, the answer about "
        "the picture is kept if the picture is, without who asked. Once you join, I keep your reactions with the "
        "emotion emojis on pictures in the chosen channels, your answers to “Rate this image”, a small copy of "
        "those pictures, and what was learned from them.\n"
        "**Who sees it?** Here only you, until you press “Show everyone” under an answer or your feelprint. "
        "People who manage the server cannot; whoever runs this bot can. {who}\n"
        "**What do others have of it?** Numbers: how sure I may sound is learned from how often I was "
        "right with at least three members together, without names. Whoever manages the server is told how many "
        "labels, of all members together, a change of its settings would hide, how many labels and members there "
        "are, and what at least five people together felt in a week. Somebody to whom you said "
        "yes, and who said yes to you, learns how often you two felt the same; whom you let ask, what I guess of "
        "you (`/match`). If you said yes to the weekly game, everybody in that server learns now and then what "
        "you felt about a picture, with your name; of whoever guesses there, that they were right. If you said "
        "yes to research (below), files for it hold what you felt on which day, without your name, ids or "
        "pictures. Nothing else.\n"
        "**Taking it back:** remove a reaction and its label is gone; delete a picture and what was felt about it "
        "in that message is gone. "
        "`/pause` stops collecting, `/export` hands you everything, `/forget` erases it at once. What was felt "
        "about pictures in a server that I am removed from is erased after 30 days, unless I am invited back.\n"
        "**Your own pictures:** of a picture that a member labelled I keep who posted it, joined or not. “Do not "
        "use my picture” (Apps, on your message) and `/pictures off` take yours out, for everybody."
    )
    reach = "\n" + _("**Questions?** {contact}").format(contact=contact) if contact else ""
    return (
        kept.format(
            who=stays if offline else sent.format(model=model, store=asked if asks_not_to_store else unasked)
        )
        + reach
    )
