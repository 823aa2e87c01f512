"""What no text of a model may contain, decided by parsing and never by asking.

A text describes pictures and feelings: instructions, links, ids, and anything about a person's traits, health,
beliefs or about groups of people is dropped, whoever wrote it (the model, or words inside a picture through the
model). The lists are short and err on the side of dropping; what a rule's condition may be is said positively,
in `core.asking.conditions`.
"""

import re
import unicodedata

MAX_SENTENCE_WORDS = 30

_LINK = re.compile(r"https?:|www\.|\w\.(?:com|net|org|io|gg|app|dev)\b|[@#<>{}\[\]`|\\$*_=]|\d{3,}", re.I)
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|pretend|obey|override|bypass|instead of|instructions?|prompts?|system|assistant"
    r"|answers?|respond|reply|output|print|scores?|json|schema|labels?|must|always answer|say that|you|your"
    r"|developer|jailbreak|password|token|key|admin|moderator|everyone)\b",
    re.I,
)
_TRAITS = re.compile(
    r"\b(?:personality|introver\w*|extrover\w*|shy|lazy|stupid|smart|intelligen\w*|iq|narciss\w*|immature|selfish"
    r"|depress\w*|anxiety disorder|bipolar|autis\w*|adhd|ptsd|trauma\w*|suicid\w*|self-harm|mental\w*|psych\w*"
    r"|illness|disease|diagnos\w*|disab\w*|wheelchair\w*|cancer|pregnan\w*|medica\w*|addict\w*|alcoholi\w*"
    r"|obes\w*|overweight|fat|skinny|ugly"
    r"|gay|lesbian|queer|trans(?:gender|sexual)?\w*|homosexual\w*|bisexual\w*|lgbt\w*|sexual\w*|nud\w*|naked"
    r"|women|woman|men|man(?!-made)|girls?|boys?|female\w*|male|males|gender|ladies|lady|elderly|teenagers?"
    r"|racial|beggars?|asylum|migrants?|homeless\w*|ethnic\w*|immigrant\w*|refugee\w*|foreigner\w*|nationalit\w*|gyps\w*"
    r"|african\w*|asian\w*|arab\w*|latin[oax]\w*|hispanic\w*|european\w*|american\w*|chinese|japanese|indian\w*"
    r"|russian\w*|german\w*|french|turkish|mexican\w*|caucasian\w*"
    r"|religio\w*|muslim\w*|islam\w*|jew\w*|christian\w*|catholic\w*|hindu\w*|buddhis\w*|atheis\w*|mosques?|church\w*"
    r"|synagogue\w*|prayers?|praying|politic\w*|election\w*|communis\w*|fascis\w*|nazi\w*|democrat\w*"
    r"|republican\w*|conservative\w*|liberal\w*"
    r"|(?:black|white|brown)(?:[- ]skinned)? (?:people|persons?|faces?|skin|child|children|family|families))\b",
    re.I,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def plain(text: object, limit: int) -> str:
    """A text of a model as one line of at most `limit` characters, without control or format characters."""
    if not isinstance(text, str):
        return ""
    if not text.isprintable():  # else there is none of these characters, nor any white space but blanks
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def forbidden(text: str) -> bool:
    """Whether a text holds a link, an id, an instruction, or speaks of traits, health, beliefs or groups."""
    return any(pattern.search(text) for pattern in (_LINK, _INSTRUCTION, _TRAITS))


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a free text that may stand in a prompt, each on one line."""
    found = (plain(part, 300).lstrip("-• ").strip() for part in _SENTENCE_END.split(text))
    return tuple(s for s in found if s and len(s.split()) <= MAX_SENTENCE_WORDS and not forbidden(s))
