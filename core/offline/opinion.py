"""The offline model's general opinion: what most people would feel, from light, colour and broad content alone.

Brightness and saturation give pleasure, arousal and dominance (Valdez & Mehrabian 1994, J. Exp. Psychology:
General 123: P = .69 B + .22 S, A = -.31 B + .60 S, D = -.76 B + .32 S); hues and content draw it to where
published studies found them, named below. The nearest emotion words are the likeliest.
"""

import math
from collections.abc import Mapping, Sequence

from core.offline.lexicon import NEUTRAL, Point, point_of
from core.offline.pixels import Features
from core.offline.vocabulary import Strengths

_TEMPERATURE = 0.25
_PLAIN_WEIGHT = 0.7
_AXES = (1.0, 1.0, 0.7)

_HUES: Mapping[str, Point] = {
    "green": (0.40, -0.35, 0.15),
    "blue": (0.20, -0.25, 0.00),
    "turquoise": (0.35, 0.05, 0.05),
    "yellow": (0.45, 0.40, 0.15),
    "orange": (0.25, 0.60, 0.20),
    "red": (0.05, 0.75, 0.35),
    "pink": (0.45, 0.25, 0.00),
    "purple": (0.15, 0.20, -0.20),
    "brown": (-0.35, 0.05, 0.15),
    "beige": (0.00, -0.25, 0.00),
    "grey": (-0.40, -0.35, -0.25),
    "black": (-0.35, 0.15, -0.20),
    "white": (0.20, -0.30, -0.10),
}
"""Associations of colours as pleasure, arousal, dominance; approximate, after Kaya & Epps 2004 (College
Student Journal 38).
"""

_CONTENT: Mapping[str, tuple[str, float]] = {
    "stars": ("awe", 1.0),
    "a bright moon": ("awe", 0.6),
    "mountains": ("awe", 1.0),
    "a wide view": ("awe", 0.6),
    "sunset": ("awe", 0.6),
    "a low sun": ("contentment", 0.6),
    "trees": ("contentment", 0.7),
    "a green field": ("contentment", 0.7),
    "flowers": ("joy", 0.8),
    "water": ("calmness", 0.7),
    "a clear sky": ("contentment", 0.5),
    "snow": ("calmness", 0.6),
    "sand": ("contentment", 0.4),
    "storm clouds": ("fear", 1.0),
    "a night scene": ("fear", 0.5),
    "fog": ("sadness", 0.8),
    "no colour": ("sadness", 0.5),
    "mostly red colours": ("anger", 0.4),
    "city lights": ("excitement", 1.0),
    "many colours": ("excitement", 0.4),
    "much detail": ("excitement", 0.3),
    "abstract shapes": ("amusement", 0.8),
    "round shapes": ("amusement", 0.7),
    "small coloured spots": ("amusement", 0.4),
    "rubbish": ("disgust", 1.2),
    "murky colours": ("disgust", 0.8),
}
"""What is in a picture draws the opinion towards an emotion, with a weight. Broad common ground of the pictures
that people chose for the eight emotions (Mikels et al. 2005, Behavior Research Methods 37; Machajdik & Hanbury
2010, ACM Multimedia; You et al. 2016, AAAI): vast views awe (also Keltner & Haidt 2003, Cognition & Emotion 17),
green nature calms (Ulrich 1984, Science 224), flowers please (Haviland-Jones et al. 2005, Evolutionary Psychology
3), dark yellow-green repels (Palmer & Schloss 2010, PNAS 107), darkness and storms make uneasy (Grillon et al.
1997, Biological Psychiatry 42), round is liked (Bar & Neta 2006, Psychological Science 17).
"""


def plain_feeling(features: Features) -> Point:
    """Pleasure, arousal and dominance of a picture's light and colours, each in [-1, 1]."""
    brightness = (features["light all"] - 0.45) / 0.25
    saturation = (features["chroma all"] - 0.22) / 0.16
    plain = (
        0.69 * brightness + 0.22 * saturation,
        -0.31 * brightness + 0.60 * saturation,
        -0.76 * brightness + 0.32 * saturation,
    )
    axes = []
    for axis in range(3):
        hue = sum(features[f"{name} all"] * point[axis] for name, point in _HUES.items())
        axes.append(math.tanh(0.35 * plain[axis] + 1.2 * hue))
    return (axes[0], axes[1], axes[2])


def general_opinion(features: Features, seen: Strengths, names: Sequence[str]) -> dict[str, float]:
    """Probabilities over emotion words: a blend of what light and colours suggest, and what is seen.

    Words that the lexicon does not know get an even share each.
    """
    even = 1.0 / len(names)
    known = [name for name in names if point_of(name) is not NEUTRAL]
    drawn = [(plain_feeling(features), _PLAIN_WEIGHT)]
    drawn += [(point_of(word), weight * seen[name]) for name, (word, weight) in _CONTENT.items()]
    total = sum(weight for _, weight in drawn)
    opinion = dict.fromkeys(names, even)
    for name in known:
        opinion[name] = 0.0
    for point, weight in drawn:
        for name, share in _near(point, known).items():
            opinion[name] += even * len(known) * share * weight / total
    return opinion


def _near(point: Point, names: Sequence[str]) -> dict[str, float]:
    """Shares of emotion words around a point: the nearer, the more."""
    weights = {name: math.exp(-_distance(point, point_of(name)) / _TEMPERATURE) for name in names}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _distance(one: Point, other: Point) -> float:
    return sum(w * (a - b) ** 2 for w, a, b in zip(_AXES, one, other, strict=True))
