"""What `feelprint doctor` finds, in a sentence for each thing that it looked at."""

from collections.abc import Mapping, Sequence

from bot.words.amounts import number
from bot.words.language import gettext as _
from bot.words.language import mark
from core.vocabulary.reasons import Adjusted

_ADJUSTED = {
    Adjusted.LENGTH: mark("The server wants the length of an answer under the other of its two names."),
    Adjusted.TEMPERATURE: mark("The model takes no temperature; its answers may vary a little more."),
    Adjusted.STORE: mark("The server refuses to be asked not to store answers, so it is not asked."),
    Adjusted.FORM: mark("The server does not enforce the form of answers; a few may have to be asked for twice."),
    Adjusted.PICTURES: mark("The server takes fewer pictures in one request; the others are told in words."),
    Adjusted.BYTES: mark("The server takes no larger requests; pictures beyond its limit are told in words."),
    Adjusted.ROOM: mark("The model thinks before it answers; each question takes more tokens for that."),
}


def looking() -> str:
    """As long as something is looked at."""
    return _("Looking; a model on this machine may take minutes.")


def settings() -> str:
    """The first thing that is looked at."""
    return _("settings")


def database() -> str:
    """The second."""
    return _("database")


def model() -> str:
    """The last."""
    return _("model")


def prices() -> str:
    """What the ledger and the caps count with."""
    return _("prices")


def nothing_to_pay() -> str:
    """The offline model costs nothing."""
    return _("There is nothing to pay for.")


def price_unknown(model: str, variable: str) -> str:
    """What only whoever pays can know. `variable` is how the names of its two settings begin."""
    return _(
        "What {model} costs is not known. Set {variable}_IN and {variable}_OUT (US dollars for a million tokens, "
        "0 where nothing is to be paid). Until then each call counts at the highest price of all models known."
    ).format(model=model, variable=variable)


def prices_known(known: Mapping[str, tuple[float, float]]) -> str:
    """Dollars for a million tokens in and out, by model."""
    each = [
        _("A million tokens of {model} count as ${in_:.2f} in and ${out:.2f} out.").format(
            model=model, in_=in_, out=out
        )
        for model, (in_, out) in known.items()
    ]
    return " ".join(each)


def settings_read(missing: str = "") -> str:
    """Nothing is wrong with them. `missing`: the file in which they would be looked for first."""
    if missing:
        return _(
            "All settings can be read. There is no {file}, so they are those of the environment alone."
        ).format(file=missing)
    return _("All settings can be read.")


def renamed(former: str) -> str:
    """The settings can be read, but one still goes by its former name."""
    return _(
        "{former} is called FEELPRINT_CAUTION now, and takes careful, normal or bold. It is still read: strict as "
        "careful, anything else as normal."
    ).format(former=former)


def database_well(where: str) -> str:
    """Nothing is wrong with it."""
    return _("The database {where} is there, up to date, and can be written.").format(where=where)


def database_older(where: str) -> str:
    """Nothing is wrong with it, and its tables are those of an older program."""
    said = _(
        "The database {where} is of an older Feelprint and can be written; `feelprint run` brings it up to date."
    )
    return said.format(where=where)


def no_database(where: str) -> str:
    """Nothing is wrong with it, and it holds nothing yet."""
    said = _("The database {where} is empty or not there yet; `feelprint run` makes what is needed.")
    return said.format(where=where)


def crowded(room: int, needed: int) -> str:
    """It works with fewer connections, only slower."""
    return _(
        "It has room for {room} connections, and each process of Feelprint uses up to {needed}: with fewer it is "
        "slower and learns later what others did, and with fewer than four, or five with `--shards`, it does not "
        "start."
    ).format(room=room, needed=needed)


def behind(left: int, channels: int) -> str:
    """Nothing is wrong with it, and after the last absence not everything was compared with Discord yet."""
    still = _("{left} of {channels} channels are still to be compared with Discord, which a running bot does.")
    return still.format(left=left, channels=channels)


def database_read_only(where: str, problem: str) -> str:
    """It can be read, and for writing there is a problem."""
    return _("The database {where} can be read. To write: {problem}").format(where=where, problem=problem)


def database_in_use(where: str) -> str:
    """As it is while the bot runs, which is nothing to mend."""
    return _(
        "The database {where} can be read, and is in use by another Feelprint, as it is while the bot runs; so "
        "writing to it was not tried."
    ).format(where=where)


def no_token() -> str:
    """The demo needs none."""
    return _("There is no DISCORD_TOKEN: `feelprint demo` works, `feelprint run` does not.")


def token_of(name: str, address: str) -> str:
    """Discord let the bot in. `address` is where it can be invited to a server."""
    well = _("The token belongs to {name}, and its intents are right.").format(name=name)
    return f"{well} {_invite(address)}"


def _invite(address: str) -> str:
    return _("Invite it to a server: {address}").format(address=address)


def offline_model() -> str:
    """Nothing is set, so the small one answers."""
    return _("There is no key: the small offline model answers, and it sees.")


def model_sees(name: str, adjusted: Sequence[Adjusted]) -> str:
    """The model does what is needed; and what is asked differently because its server wants it so."""
    well = _("{model} sees pictures and answers in the form that is needed.").format(model=name)
    return " ".join([well, *(_(_ADJUSTED[change]) for change in adjusted)])


def matching() -> str:
    """Whether rules can be tested on descriptions."""
    return _("matching")


def matches(name: str) -> str:
    """It can (docs/method.md#trust)."""
    return _(
        "{model} tells from a picture's description whether a rule's condition holds, so every rule is tested on "
        "every label."
    ).format(model=name)


def does_not_match(name: str) -> str:
    """It cannot, and what that comes to."""
    return _(
        "{model} does not tell reliably from a picture's description whether a rule's condition holds: the bot "
        "works, but each tuning tries its first eight rules only, and has to ask about pictures for that. A "
        "stronger model in FEELPRINT_WRITER_MODEL would answer these questions."
    ).format(model=name)


def folder() -> str:
    """The folder of the bot's own notes, where it does not serve."""
    return _("folder")


def no_notes(path: str) -> str:
    """The bot works without them."""
    return _(
        "The folder {path} cannot be written (FEELPRINT_STATE_DIR). The bot works, but after a crash it starts "
        "again without waiting, and Discord resets the token of a bot that starts a thousand times a day."
    ).format(path=path)


def health() -> str:
    """Where a running bot tells whether it is well."""
    return _("health")


def health_free(address: str) -> str:
    """Nobody listens there yet."""
    return _("A running bot can tell its health at {address}.").format(address=address)


def clock() -> str:
    """That of this machine, where it is wrong."""
    return _("clock")


def clock_off(seconds: float) -> str:
    """By so much it is ahead of Discord's, or behind it where that is below nothing."""
    said = (
        _("This machine's clock is {seconds} seconds ahead of Discord's.")
        if seconds > 0
        else _("This machine's clock is {seconds} seconds behind Discord's.")
    )
    why = _("What people do is taken for earlier or later than it is by that, and may not count: set the clock.")
    return f"{said.format(seconds=number(abs(round(seconds))))} {why}"


def token_without_content(address: str) -> str:
    """Discord let the bot in, and shows it no pictures of messages; it can be invited all the same."""
    return f"{no_message_content()} {_invite(address)}"


def no_message_content() -> str:
    """Discord shows no pictures of messages; also logged at every start."""
    return _(
        "Discord refuses the Message Content intent, so reactions to pictures cannot be counted; members can use "
        "“Rate this image” and /rate. To change that, switch the intent on in the developer portal and start "
        "again."
    )
