"""Emotion words: where they lie in pleasure, arousal and dominance, and how they are recognised in a text.

Coordinates are rounded and approximate, after Russell & Mehrabian 1977 (J. Research in Personality 11) and
Mehrabian 1996 (Current Psychology 14); words that those tables lack are placed beside their nearest synonym.
"""

import re
from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float, float]
"""Pleasure, arousal, dominance, each in [-1, 1]."""

NEUTRAL: Point = (0.0, 0.0, 0.0)

_TABLE = """
amusement .58 .42 .20 amused amusing funny laughter
awe .34 .32 -.45 awed awestruck amazed
contentment .70 -.45 .25 content contented calm calming
excitement .60 .78 .35 excited exciting
anger -.51 .59 .30 angry annoyed
disgust -.58 .28 .12 disgusted disgusting revulsion
fear -.62 .58 -.48 afraid fearful scared frightened
sadness -.62 -.35 -.35 sad sorrow unhappy
joy .76 .48 .35 joyful joyous
happiness .80 .40 .40 happy
surprise .38 .68 -.13 surprised surprising
trust .55 -.10 .15 trusting
anticipation .30 .50 .10 anticipating
love .82 .45 .20 loving
calmness .65 -.60 .15 tranquil tranquility
peace .70 -.55 .10 peaceful
serenity .68 -.55 .12 serene
relaxation .66 -.55 .05 relaxed
comfort .68 -.40 .15 comfortable cosy cozy
boredom -.55 -.62 -.33 bored boring
melancholy -.35 -.40 -.30 melancholic wistful
nostalgia .12 -.20 -.20 nostalgic
loneliness -.60 -.40 -.35 lonely
tenderness .60 -.15 .00 tender
admiration .50 .30 -.25 admiring
pride .72 .38 .60 proud
hope .50 .25 .10 hopeful
relief .58 -.25 .15 relieved
gratitude .64 .16 -.20 grateful thankful
curiosity .28 .55 .00 curious
interest .45 .45 .15 interested
wonder .42 .45 -.20 wondering
confusion -.35 .30 -.35 confused
anxiety -.45 .55 -.40 anxious nervous
worry -.45 .40 -.35 worried
horror -.70 .62 -.55 horrified
terror -.68 .75 -.58 terrified
dread -.58 .30 -.50 dreading
unease -.40 .30 -.30 uneasy
guilt -.57 .28 -.34 guilty
shame -.57 .15 -.50 ashamed
embarrassment -.46 .45 -.45 embarrassed
contempt -.45 .20 .35 contemptuous
hate -.60 .55 .30 hatred hateful
rage -.55 .75 .35 furious fury
frustration -.55 .48 -.10 frustrated
irritation -.50 .50 .10 irritated
envy -.40 .35 -.10 envious
jealousy -.42 .45 -.10 jealous
despair -.72 -.20 -.55 desperate hopeless
grief -.68 -.10 -.45 grieving
disappointment -.58 -.10 -.30 disappointed
pity -.30 -.05 .10 pitying
sympathy .05 .05 .05 sympathetic
compassion .30 .00 .05 compassionate
longing -.05 .20 -.30 yearning
desire .55 .55 .20 desiring
delight .78 .45 .30 delighted
enthusiasm .62 .70 .40 enthusiastic
inspiration .58 .50 .25 inspired
energy .55 .70 .40 energetic energised
playfulness .62 .50 .25 playful
triumph .70 .60 .60 triumphant
power .45 .45 .70 powerful
freedom .65 .40 .45 free
safety .60 -.30 .20 safe
tiredness -.25 -.70 -.30 tired sleepy
indifference -.15 -.50 .00 indifferent
neutral .02 -.20 .05
shock -.25 .75 -.35 shocked
tension -.35 .65 -.15 tense
threat -.55 .60 -.50 threatened
coldness -.35 -.15 -.05
emptiness -.50 -.45 -.35
beauty .65 .05 .00 beautiful
cuteness .65 .20 .10 cute
romance .65 .25 .05 romantic
mystery .05 .40 -.30 mysterious
gloom -.55 -.30 -.30 gloomy
"""


def _read_table() -> dict[str, Point]:
    points: dict[str, Point] = {}
    for line in _TABLE.strip().splitlines():
        word, pleasure, arousal, dominance, *others = line.split()
        for form in (word, *others):
            points[form] = (float(pleasure), float(arousal), float(dominance))
    return points


_POINTS = _read_table()
_FORMS = {
    form: line.split()[0] for line in _TABLE.strip().splitlines() for form in [line.split()[0], *line.split()[4:]]
}


def point_of(name: str) -> Point:
    """Where an emotion word lies; `NEUTRAL` itself (the same object) for a word that is not known."""
    return _POINTS.get(name.strip().casefold(), NEUTRAL)


def emotions_in(text: str, names: Sequence[str]) -> list[tuple[int, int, str]]:
    """Emotions of a label set in a text, by name or else by a word of the same family: (start, end, name)."""
    family = {_FORMS.get(name.casefold(), name.casefold()): name for name in names}
    found = []
    for name in names:
        pattern = rf"(?<!\w){re.escape(name.casefold())}(?!\w)"
        found += [(m.start(), m.end(), name) for m in re.finditer(pattern, text.casefold())]
    if not found:
        for match in re.finditer(r"[^\W\d_]+", text.casefold()):
            if (name := family.get(_FORMS.get(match.group(), ""), "")) != "":
                found.append((match.start(), match.end(), name))
    return sorted(found)
