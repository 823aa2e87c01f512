"""What a person is told when something is not done; only those reasons are here that a person can meet."""

from collections.abc import Callable, Mapping

from bot.words import pictures, several_moods, texts
from core.collecting.refusals import Refusal

_SENTENCES: Mapping[Refusal, Callable[[], str]] = {
    Refusal.NOT_JOINED: texts.not_joined,
    Refusal.PAUSED: texts.adds_nothing_while_paused,
    Refusal.LAPSED: texts.consent_lapsed,
    Refusal.OTHER_EMOTION: texts.emotions_changed,
    Refusal.NO_SUCH_MOOD: several_moods.no_such_mood,
    Refusal.AGE_RESTRICTED: texts.hidden_picture,
    Refusal.SPOILER: texts.hidden_picture,
    Refusal.WITHHELD: pictures.picture_of_somebody,
    Refusal.EXCLUDED: pictures.picture_excluded,
    Refusal.NOT_THEIRS: pictures.not_their_picture,
    Refusal.OUT_OF_REACH: pictures.message_gone,
    Refusal.NO_PICTURE: texts.no_picture,
    Refusal.NOT_YOURS: texts.not_yours,
    Refusal.NOT_IN_A_SERVER: texts.servers_only,
    Refusal.NO_ROLE: texts.no_role,
    Refusal.NOT_A_MANAGER: texts.admins_only,
    Refusal.LEAVING: texts.leaving,
}


def sentence(why: Refusal, seconds: float = 0.0) -> str:
    """The sentence for a refusal; `seconds` until it may be tried again."""
    if why is Refusal.TOO_OFTEN:
        return texts.slow_down(seconds)
    return _SENTENCES.get(why, texts.not_kept)()
