"""The few-shot baseline: the generic question with labelled pictures shown before the one to judge."""

from collections.abc import Sequence

from core.asking.header import ANSWERED, header, permuted, scores_schema
from core.asking.header import VERSION as HEADER_VERSION
from core.asking.jsontext import strict_object
from core.asking.questions import Example
from core.asking.write import felt_words, glance_of
from core.vocabulary.calls import Call, Part, Purpose
from core.vocabulary.emotions import LabelSet
from core.vocabulary.images import Image

VERSION = 2

_EXAMPLES = """\
The answer is about one person. First come pictures with what this person felt about each; they show how this \
person differs from most people. The last picture is the one to judge: say what this person would feel."""

_ANSWER = f"""
Answer with one JSON object:
- "reason": one sentence of at most 20 words that names what in the last picture causes the feeling.
{ANSWERED}, for the last picture."""


def fewshot_call(image: Image, label_set: LabelSet, examples: Sequence[Example], *, owner: int) -> Call:
    """The call for an image; examples are shown in the given order."""
    names = permuted(label_set.names, image.hash)
    parts: list[Part] = []
    for place, example in enumerate(examples, 1):
        parts += [f"Picture {place}. This person felt: {felt_words(example.felt)}.", glance_of(example)]
    parts += ["The picture to judge:", image]
    return Call(
        purpose=Purpose.FEWSHOT,
        system="\n".join((header(names), "", _EXAMPLES, _ANSWER)),
        parts=tuple(parts),
        schema_name=f"fewshot_{HEADER_VERSION}_{VERSION}",
        schema=strict_object({"reason": {"type": "string"}, **scores_schema(names)}),
        owner=owner,
        about=image.hash,
    )
