"""Every short sentence that people read on Discord: warm, short, exact.

No jargon, no false certainty, at most one emoji a line. The longer cards are in `bot.words.cards`.
"""

from collections.abc import Sequence

ADMINS_ONLY = "This one is for people who may manage the server."
SERVERS_ONLY = "This works in a server, not in a private conversation."
FORBIDDEN = "Discord does not let me do that here. Somebody who manages the server can give me the permission."
NOT_YOURS = "These buttons belong to somebody else. Use the command yourself to get your own."

JOINED = (
    "You're in. What I keep, and nothing else:\n"
    "• your reactions with the emotion emojis, and your answers to “Rate this image”\n"
    "• a small copy of each picture that you reacted to\n"
    "• what I learn from them: a few plain sentences about you, and how often they were right\n"
    "• what each question to the model cost; it sees the pictures and your feelings, never your name\n"
    "`/forget` erases all of it, `/export` hands it to you, `/privacy` says more."
)
JOINED_BEFORE = "You're in already. `/progress` shows where you stand, `/forget` erases everything."
COUNT_PAST = "Shall I also count the reactions you already have on recent pictures here?"
COUNTING_PAST = "I'm counting them now. `/progress` shows what I found."
FRESH_START = "Good. I start with your next reaction."
JOIN_FIRST = "I keep nothing about you until you join. Press Join or use `/join`; it takes a second."
PAUSED = "Paused. I keep what is there and collect nothing new; `/join` resumes, `/forget` erases."
NOT_JOINED = "You have not joined, so there is nothing of yours here. `/join` starts it."

NO_PICTURE = "I see no picture in that message. Stickers and website cards don't count; an uploaded picture does."
WHICH_PICTURE = "That message has several pictures. Which one do you mean?"
HIDDEN_PICTURE = "That picture is hidden as a spoiler, or in an age-restricted channel. I leave those alone here."
NOT_AN_IMAGE = "That file is not a picture that I can read. JPEG, PNG, GIF and WebP work."
HOW_DO_YOU_FEEL = "How does this picture make you feel? Press all that fits; press again to take it back."
NOT_KEPT = "That answer could not be kept just now. Please try again."
RATING_GONE = "Taken back. This picture counts for nothing now."

FORGET_SURE = (
    "This erases your reactions and answers, the pictures only you reacted to, your feelprint and its whole "
    "history. It cannot be undone. Your reactions on Discord itself stay where they are."
)
FORGET_KEPT = "Nothing was erased."
EXPORT_READY = "Everything I keep about you is in this file."
PANEL_POSTED = "The invitation stands in {channel}."
PANEL_TITLE = "## Let me learn how you feel about pictures"
PANEL_TEXT = (
    "React to pictures here as you always do. Once I know enough of your reactions, I can guess how a picture "
    "would make *you* feel, not how it makes most people feel, and I tell you in plain words why.\n"
    "Nothing is kept about anybody who has not joined."
)

UNAVAILABLE = "The model is not answering right now. Your reactions are safe; please try again in a little while."
OUT_OF_CREDIT = "The model's budget is used up for now. Whoever runs this bot has to refill it."
MODEL_LOCKED = "The model does not let me in. Whoever runs this bot can find out why with `feelprint doctor`."
BUDGET = "Today's budget for questions is used up. Please try again tomorrow."
REFUSED = "The model would rather not judge that picture. Others will work."
UNREADABLE_ANSWER = "The model gave an answer that I could not read. Please try once more."


def slow_down(seconds: float) -> str:
    """Asked too often."""
    return f"One moment, please: you can ask again in {max(1, round(seconds))} seconds."


def incident(number: str) -> str:
    """Something of ours broke."""
    return f"Something went wrong on my side, and it is noted. If you report it, please say {number}."


def forgotten(labels: int) -> str:
    """What /forget did."""
    what = "your label" if labels == 1 else f"your {labels} labels" if labels else "all there was"
    return (
        f"Done. I have erased {what} and everything that was learned from you. You can `/join` anew at any time."
    )


def rated(emotions: Sequence[str]) -> str:
    """What a member's answer stands at now."""
    return f"Noted: {' and '.join(emotions)}." if emotions else RATING_GONE


def new_version(version: int, rules: Sequence[str], labels: int) -> str:
    """The message that tells a member what changed."""
    head = "I have learned something about you" if version == 1 else "I have learned more about you"
    lines = "\n".join(f"• {rule}" for rule in rules)
    return (
        f"{head}. From {labels} pictures that you reacted to, this is your feelprint now (version {version}):\n"
        f"{lines}\n`/feelprint show` tells how it does on new pictures, `/feelprint why` how it was found, and "
        "`/feel` asks it about any picture."
    )


def missing_permissions(channel: str, names: Sequence[str]) -> str:
    """What an admin has to allow before a channel works."""
    return f"In {channel} I still need: {', '.join(names)}."


def privacy(model: str, contact: str | None, offline: bool) -> str:
    """What /privacy says."""
    who = (
        "The pictures stay on the machine that runs this bot: its small offline model answers."
        if offline
        else f"The pictures and feelings are sent to the model that answers ({model}), without your name or id; "
        "it is told not to keep them, and nothing is used to train it."
    )
    reach = f"\n**Questions?** {contact}" if contact else ""
    return (
        "**Nothing about you is kept until you join.** Then I keep your reactions with the emotion emojis on "
        "pictures in the chosen channels, your answers to “Rate this image”, a small copy of those pictures, and "
        "what was learned from them.\n"
        f"**Who sees it?** Only you. People who manage the server cannot. {who}\n"
        "**What do others have of it?** One number: how sure I may sound is learned from how often I was right "
        "with at least three members together, without names. Nothing else.\n"
        "**Taking it back:** remove a reaction and its label is gone; delete a picture and I forget it. `/pause` "
        "stops collecting, `/export` hands you everything, `/forget` erases it at once." + reach
    )
