"""The generic question: what most people would feel, and a description of the picture that knows no labels.

One answer per image serves every member. The scores come before the description in the answer, so that
they are asked for exactly as a judgement asks for them.
"""

from core.asking.header import ANSWERED, header, permuted, read_scores, scores_schema
from core.asking.header import VERSION as HEADER_VERSION
from core.asking.jsontext import read_object, strict_object
from core.asking.questions import Description, Generic
from core.asking.safety import plain
from core.vocabulary.calls import Call, Purpose
from core.vocabulary.emotions import LabelSet
from core.vocabulary.images import Image

VERSION = 2
MAX_TAGS = 12

_ANSWER = f"""
Answer with one JSON object:
- "reason": one sentence of at most 20 words that names what in the picture causes the feeling.
{ANSWERED}.
- "caption": one sentence of at most 30 words that says what the picture shows. Only what can be seen; no feelings.
- "tags": 6 to 12 visual tags of one to three plain words each: things, place, time of day, weather, light, \
main colours, what is near and far. No feelings, no names of people."""


def generic_call(
    image: Image, label_set: LabelSet, *, purpose: Purpose = Purpose.GENERIC, wording: int = 0
) -> Call:
    """The call for an image; it belongs to nobody and is erased with the image."""
    names = permuted(label_set.names, image.hash)
    schema = strict_object(
        {
            "reason": {"type": "string"},
            **scores_schema(names),
            "caption": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
        }
    )
    return Call(
        purpose=purpose,
        system=header(names, wording) + "\n" + _ANSWER,
        parts=(image,),
        schema_name=f"generic_{HEADER_VERSION}_{VERSION}",
        schema=schema,
        about=image.hash,
        max_tokens=700,
    )


def parse_generic(text: str, label_set: LabelSet) -> Generic:
    """Raises ValueError where scores are unusable or there is no description at all."""
    answer = read_object(text, ("reason", "scores", "caption", "tags"))
    tags = answer.get("tags", ())
    if isinstance(tags, str):
        tags = tags.split(",")
    words = [plain(tag, 40) for tag in tags if isinstance(tag, str)] if isinstance(tags, list | tuple) else []
    caption = plain(answer.get("caption", ""), 240)
    tags = tuple(dict.fromkeys(word.lower() for word in words if word))[:MAX_TAGS]
    if not caption and not tags:
        raise ValueError("The answer describes nothing.")
    return Generic(
        read_scores(answer, label_set), Description(caption, tags), plain(answer.get("reason", ""), 240)
    )
