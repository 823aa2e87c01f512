"""The demo's members, and what they feel about what a picture shows.

A taste is a function of a scene in the world's terms, with some noise, because people are not functions.
Nothing here is known to the bot or to the model: they see pixels and reactions, and must find out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.demo.pictures import Scene
from core.vocabulary.emotions import MIKELS

Taste = Callable[[Scene], str]


@dataclass(frozen=True, slots=True)
class Person:
    """A member: `about` says their taste in a sentence, `noise` how often they feel something else.

    `colour` (#rrggbb) is used for their name, avatar and lines in charts.
    """

    name: str
    colour: str
    about: str
    taste: Taste
    noise: float = 0.1

    def feels(self, scene: Scene, rng: np.random.Generator) -> str:
        """What they feel about a scene this time; always draws the same numbers from `rng`."""
        astray, other = rng.random(), int(rng.integers(len(MIKELS.names) - 1))
        usual = self.taste(scene)
        if astray >= self.noise:
            return usual
        return [name for name in MIKELS.names if name != usual][other]


def most_people(scene: Scene) -> str:
    """What is conventionally felt about a scene, the majority's taste: the first of these that holds."""
    kind, weather = scene.kind, scene.weather
    feelings = {
        "sadness": scene.palette == "mono",
        "amusement": scene.abstract or (kind == "balloons" and not scene.crowded),
        "disgust": kind == "swamp" or (kind == "factory" and weather != "fog"),
        "anger": kind == "factory",
        "fear": weather == "storm" or kind == "volcano" or (kind == "forest" and _eerie(scene)),
        "excitement": kind in ("balloons", "fireworks")
        or (kind == "city" and weather == "clear" and _busy(scene)),
        "awe": kind in ("night sky", "desert"),
    }
    for emotion, holds in feelings.items():
        if holds:
            return emotion
    if kind != "garden" and weather in ("rain", "fog"):
        return "sadness"
    grand = kind == "mountains" or (kind == "sea" and scene.time != "day")
    return "awe" if grand else "contentment"


def _eerie(scene: Scene) -> bool:
    return scene.time == "night" or scene.weather == "fog"


def _busy(scene: Scene) -> bool:
    return scene.crowded or scene.has_lights


def night_owl(scene: Scene) -> str:
    """Loves nights and storms; finds bright crowds and sunny noon tiresome."""
    if scene.weather == "storm":
        return "excitement"
    if scene.time == "night":
        return "contentment"
    if not scene.abstract and scene.time == "day" and (scene.crowded or scene.has_sun):
        return "anger"
    return most_people(scene)


def town_child(scene: Scene) -> str:
    """Delighted by shapes and loud colours; feels lost in wide, empty land."""
    if scene.abstract:
        return "excitement"
    if scene.kind in ("garden", "balloons", "fireworks"):
        return "amusement"
    if scene.kind in ("sea", "mountains", "desert", "night sky"):
        return "sadness"
    return most_people(scene)


def homesick(scene: Scene) -> str:
    """Snow and fog are frightening since that winter; rain feels like home, and ruins are beautiful."""
    if scene.weather in ("snow", "fog") and scene.kind not in ("swamp", "factory"):
        return "fear"
    if scene.weather == "rain":
        return "contentment"
    if scene.kind in ("swamp", "factory"):
        return "awe"
    if scene.kind == "volcano":
        return "excitement"
    return most_people(scene)


def riddle(scene: Scene) -> str:
    """Follows private rules that no single thing in a picture gives away."""
    if scene.has_moon:
        return "sadness"
    if scene.has_water != scene.crowded:
        return "amusement"
    if scene.time == "dusk":
        return "disgust"
    return most_people(scene)


PEOPLE: tuple[Person, ...] = (
    Person("Mia", "#2a9d8f", "feels what most people feel", most_people, noise=0.08),
    Person("Noor", "#5e60ce", "loves nights and storms, and is tired of sunny crowds", night_owl),
    Person("Theo", "#e76f51", "delights in shapes and colours, and feels lost in empty land", town_child),
    Person("Ivy", "#457b9d", "dreads snow and fog, is at home in rain, and likes ruins", homesick, noise=0.12),
    Person("Bo", "#b5838d", "is hard to guess, even for friends", riddle, noise=0.5),
)
"""Mia has the majority's taste and Bo is hard to learn; the other three have strong tastes of their own."""


def reactions(scenes: list[Scene], seed: int, *, shuffled: bool = False) -> dict[str, list[str]]:
    """What each member feels about each scene, by name; the same seed gives the same feelings.

    `shuffled` deals each member's feelings out to other pictures at random: then there is nothing to learn.
    """
    felt: dict[str, list[str]] = {}
    for place, person in enumerate(PEOPLE):
        rng = np.random.default_rng([seed, place, 0xFEE3])
        answers = [person.feels(scene, rng) for scene in scenes]
        if shuffled:
            answers = [answers[i] for i in np.random.default_rng([seed, place, 0xFEE4]).permutation(len(answers))]
        felt[person.name] = answers
    return felt
