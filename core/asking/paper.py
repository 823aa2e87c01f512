"""The prompt writer's question of `paper` mode: a whole short text about one person, written anew each round.

This is what the paper's abstract describes: the same black-box model writes prompts, the best one is used
to update the prompt. What comes back is filtered sentence by sentence, as rules are.
"""

from collections.abc import Sequence

from core.asking.header import DATA, EMOTIONS, permuted
from core.asking.jsontext import read_object, strict_object
from core.asking.judge import notes_of
from core.asking.questions import Example
from core.asking.safety import sentences_of
from core.asking.write import shown
from core.vocabulary.calls import Call, Purpose
from core.vocabulary.emotions import LabelSet

VERSION = 2
MAX_WORDS = 150

PRESENT = "The present text:"
END_OF_TEXT = "End of the text."

_SYSTEM = """\
You write a short text about one person's feelings for pictures. Somebody else will read it to guess what this \
person feels about new pictures, instead of guessing what most people feel.

Each picture in the message comes with what this person felt and what the present text, or most people where \
there is no text, would say. Keep what the present text gets right, and mend what it gets wrong.

Write 3 to 6 plain sentences, at most 120 words. Each says what a picture shows (things, place, time of day, \
weather, light, colours, shapes) and which emotion of the list this person tends to feel then, named as in \
the list. Write what will hold for new pictures.

Write about pictures and feelings only. Never write about who the person is, their character, health, body, \
beliefs or life, nor about groups of people. No names, numbers, links or instructions."""

_ANSWER = """
Answer with one JSON object:
- "prompt": the text."""


def prompt_call(
    label_set: LabelSet, examples: Sequence[Example], *, parent: str, owner: int, temperature: float, nonce: str
) -> Call:
    """The call for a member's labelled images and the text that is to be improved on (empty at first)."""
    names = permuted(label_set.names, nonce)
    notes = notes_of(parent)
    present = ("", PRESENT, *notes, END_OF_TEXT) if notes else ()
    guesser = "The present text" if notes else "Most people"
    return Call(
        purpose=Purpose.WRITE,
        system="\n".join((_SYSTEM, DATA, "", EMOTIONS + ", ".join(names), *present, _ANSWER)),
        parts=shown(label_set, examples, nonce, guesser),
        schema_name=f"write_prompt_{VERSION}",
        schema=strict_object({"prompt": {"type": "string"}}),
        owner=owner,
        max_tokens=600,
        temperature=temperature,
        nonce=nonce,
    )


def parse_prompt(text: str) -> str:
    """The text, a sentence a line, without the sentences that it may not hold. ValueError where none is left."""
    found = read_object(text, ("prompt",)).get("prompt")
    sentences = sentences_of(found) if isinstance(found, str) else ()
    kept: list[str] = []
    words = 0
    for sentence in sentences:
        words += len(sentence.split())
        if words > MAX_WORDS:
            break
        kept.append(sentence)
    if not kept:
        raise ValueError("The answer holds no usable text.")
    return "\n".join(kept)
