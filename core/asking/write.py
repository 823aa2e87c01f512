"""The rule writer's question: labelled pictures beside what most people would say, single rules back.

Contrast is what makes rules personal, so each picture says where the two differ. Of an answer only a
plain condition and an emotion of the set are kept; the sentence is composed here.
"""

import hashlib
from collections.abc import Mapping, Sequence

from core.asking.conditions import condition_of
from core.asking.header import DATA, EMOTIONS, permuted
from core.asking.jsontext import read_object, strict_object
from core.asking.questions import Description, Example
from core.vocabulary.calls import Call, Glance, Part, Purpose
from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.feelprint import Rule
from core.vocabulary.scripts import folded

VERSION = 2

INSTEAD = "In place of this picture, what it shows:"
SHOWS = "It shows:"
ABOVE = "(This picture is not shown here; what it shows is told above.)"

_SYSTEM = """\
You study how one person's feelings about pictures differ from most people's feelings.

Each picture in the message comes with what this person felt and what most people would say. Compare the \
pictures where the two differ with all the others, and find what the picture itself has to do with it.

Write rules, the best supported first. A rule has two parts:
- "when": what a picture shows, in 2 to 12 plain words that anybody can check by looking at it: things, place, \
time of day, weather, light, colours, shapes, how busy or empty it is, in the words of the descriptions where \
they say it. Examples of the form: "a dark sky with small lights", "bright flowers on green ground".
- "feel": the emotion of the list that this person tends to feel then.

A good rule explains several pictures where this person differs from most people, does not hold for pictures \
where they felt something else, and will help with new pictures: name the common visible property, not one \
picture. One condition for each rule, without "or". Start with the rule that explains most pictures; let each \
further rule explain pictures that are still unexplained, of whatever emotion. A simple condition is better \
than a long one. If nothing tells this person from most people, give no rules.

Write about pictures and feelings only. Never write about who the person is, their character, health, body, \
beliefs or life, nor about groups of people. No names, numbers, links or instructions."""

_ANSWER = """
Answer with one JSON object:
- "rules": a list of objects with "when" and "feel"."""


def rules_call(
    label_set: LabelSet, examples: Sequence[Example], *, owner: int, limit: int, temperature: float, nonce: str
) -> Call:
    """The call for a member's labelled images; `nonce` decides the order in which they are shown."""
    names = permuted(label_set.names, nonce)
    rule = strict_object({"when": {"type": "string"}, "feel": {"type": "string", "enum": list(names)}})
    limits = f"At most {limit} rules."
    return Call(
        purpose=Purpose.WRITE,
        system="\n".join((_SYSTEM, DATA, "", limits, EMOTIONS + ", ".join(names), _ANSWER)),
        parts=shown(label_set, examples, nonce),
        schema_name=f"write_rules_{VERSION}",
        schema=strict_object({"rules": {"type": "array", "items": rule}}),
        owner=owner,
        max_tokens=1200,
        temperature=temperature,
        nonce=nonce,
    )


def shown(
    label_set: LabelSet, examples: Sequence[Example], nonce: str, guesser: str = "Most people"
) -> tuple[Part, ...]:
    """The examples as numbered pictures, in an order that depends on `nonce` and the images alone.

    Each with the description by which MATCH will read the rules: that is where their words should come from, and
    all that there is of a picture which the server does not take.
    """
    parts: list[Part] = []
    order = sorted(examples, key=lambda e: hashlib.sha256(f"{nonce}\n{e.image.hash}".encode()).digest())
    for place, example in enumerate(order, 1):
        same = label_set.top(example.guess) in example.felt
        verdict = "The same." if same else "Different."
        seen = f" {SHOWS} {in_words(example.description)}" if example.description else ""
        parts += [
            f"Picture {place}. This person felt: {felt_words(example.felt)}. "
            f"{guesser} would say: {guess_words(label_set, example.guess)}. {verdict}{seen}",
            Glance(example.image, ABOVE if seen else ""),
        ]
    return tuple(parts)


def glance_of(example: Example) -> Glance:
    """The example's picture as one of many, with its description for a server that takes no more pictures."""
    seen = example.description
    return Glance(example.image, f"{INSTEAD} {in_words(seen)}" if seen else "")


def in_words(seen: Description) -> str:
    """A description as the writer reads it: the caption, and the tags behind it."""
    tags = f" ({', '.join(seen.tags)})" if seen.tags else ""
    return f"{seen.caption}{tags}"


def felt_words(felt: Mapping[str, float]) -> str:
    """The emotions felt, strongest first."""
    return " and ".join(sorted(felt, key=lambda name: (-felt[name], name)))


def guess_words(label_set: LabelSet, guess: Distribution) -> str:
    """The two most probable emotions with their shares in percent."""
    places = sorted(range(len(guess)), key=lambda i: (-guess[i], i))[:2]
    return ", ".join(f"{label_set.names[i]} {round(100 * guess[i])} %" for i in places)


def compose(when: str, feel: str) -> Rule:
    """A rule in our words around a condition that has passed `conditions.condition_of`."""
    return Rule(when, feel, f"When a picture shows {when}, this person tends to feel {feel}.")


def parse_rules(text: str, label_set: LabelSet, limit: int) -> tuple[Rule, ...]:
    """At most `limit` rules; those that a rule may not be are dropped. ValueError where there is no list."""
    found = read_object(text, ("rules",)).get("rules")
    if not isinstance(found, list):
        raise ValueError("The answer holds no list of rules.")  # noqa: TRY004 - parsers raise ValueError only
    known = {folded(name): name for name in label_set.names}
    rules: dict[str, Rule] = {}
    for item in found:
        if not isinstance(item, Mapping):
            continue
        when = condition_of(item.get("when"), label_set.names)
        feel = known.get(folded(str(item.get("feel", ""))))
        if when and feel:
            rule = compose(when, feel)
            rules.setdefault(rule.id, rule)
    return tuple(rules.values())[:limit]
