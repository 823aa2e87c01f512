"""The visual words that the offline model knows, and how strongly each holds for a picture's features.

A strength of 0.5 is the line between "does not hold" and "holds". Words for pictures, not for people: each
is something that one could point at. Here are light and colour; `forms` and `scenes` have the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.offline.pixels import COLOURS, Features

Sight = Callable[[Features], float]


@dataclass(frozen=True, slots=True)
class Concept:
    """A visual word: its wordings (the first is the one used in tags) and how strongly a picture shows it.

    `scene` marks words for whole scenes, which a describer names first.
    """

    wordings: tuple[str, ...]
    sight: Sight
    scene: bool = False

    @property
    def name(self) -> str:
        """The wording that stands for the concept."""
        return self.wordings[0]


def ramp(value: float, low: float, high: float) -> float:
    """0 at `low`, 1 at `high`, straight between; `low` may be the greater one."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def both(*strengths: float) -> float:
    """All of them: the weakest counts."""
    return min(strengths)


def some(*strengths: float) -> float:
    """Any of them: the strongest counts."""
    return max(strengths)


def word(wordings: str, sight: Sight, *, scene: bool = False) -> Concept:
    """A concept from its wordings, parted by "|"."""
    return Concept(tuple(wording.strip() for wording in wordings.split("|")), sight, scene)


def light() -> tuple[Concept, ...]:
    """Words for light."""
    return (
        word("dark | darkness | deep shadows | gloomy light", lambda f: ramp(f["light all"], 0.42, 0.2)),
        word("bright | brightness | bright light | light tones", lambda f: ramp(f["light all"], 0.45, 0.72)),
        word(
            "high contrast | strong contrast | hard light and shadow | stark contrast",
            lambda f: ramp(f["contrast"], 0.5, 0.9),
        ),
        word(
            "soft light | low contrast | gentle light | hazy light | little contrast",
            lambda f: ramp(f["contrast"], 0.55, 0.2),
        ),
        word(
            "light in the middle | a glowing centre | a bright centre | a bright middle",
            lambda f: both(
                ramp(f["light centre"] - f["light border"], 0.02, 0.22), ramp(f["light centre"], 0.2, 0.45)
            ),
        ),
        word(
            "a dark middle | a dark centre | a dark shape in the middle",
            lambda f: ramp(f["light border"] - f["light centre"], 0.02, 0.22),
        ),
        word(
            "a warm glow in the dark | glowing light in the dark | orange light in darkness | lamplight",
            lambda f: both(
                ramp(f["light all"], 0.48, 0.3),
                ramp(f["orange all"] + f["yellow all"] + 0.6 * f["red all"], 0.03, 0.2),
                ramp(f["contrast"], 0.3, 0.5),
            ),
        ),
        word(
            "dark shapes against a bright sky | a silhouette | silhouettes | dark figures against light",
            lambda f: both(
                ramp(f["light above"] - f["light below"], 0.15, 0.45), ramp(f["black below"], 0.15, 0.5)
            ),
        ),
    )


def colour() -> tuple[Concept, ...]:
    """Words for colour in the whole picture."""
    single = tuple(
        word(f"mostly {name} | {name} | {name} tones | {name} colours", _share_of(name)) for name in COLOURS
    )
    touches = tuple(
        word(f"a touch of {name} | {name} spots | bits of {name} | something {name}", _touch_of(name))
        for name in ("red", "orange", "yellow", "purple", "pink")
    )
    return (
        *single,
        *touches,
        word(
            "vivid colours | strong colours | saturated colours | intense colours | colourful | bright colours",
            lambda f: ramp(f["chroma all"], 0.2, 0.42),
        ),
        word(
            "muted colours | dull colours | faded colours | subdued colours | washed out colours | drab colours",
            lambda f: ramp(f["chroma all"], 0.24, 0.08),
        ),
        word(
            "pastel colours | pale colours | light soft colours | delicate colours",
            lambda f: both(
                ramp(f["light all"], 0.5, 0.7), ramp(f["chroma all"], 0.04, 0.1), ramp(f["chroma high"], 0.5, 0.3)
            ),
        ),
        word("warm colours | warm tones | warm light | warm", lambda f: ramp(f["warm"] - f["cold"], 0.0, 0.5)),
        word(
            "cold colours | cool colours | cool tones | cold light | cold | cool",
            lambda f: ramp(f["cold"] - f["warm"], 0.05, 0.6),
        ),
        word(
            "black and white | no colour | colourless | without colour | monochrome",
            lambda f: ramp(f["coloured"], 0.3, 0.06),
        ),
        word(
            "many colours | many different colours | a mix of colours | rainbow colours | multicoloured",
            lambda f: both(ramp(f["colour entropy"], 0.9, 1.6), ramp(f["coloured"], 0.2, 0.5)),
        ),
        word(
            "one main colour | a single colour | few colours | one colour everywhere",
            lambda f: ramp(f["main colour"], 0.5, 0.9),
        ),
        word(
            "murky colours | muddy colours | dirty colours | olive | dark yellow | dirty brown and green",
            lambda f: ramp(f["murky"], 0.1, 0.4),
        ),
        word(
            "earth tones | earthy colours | natural browns | rusty colours",
            lambda f: ramp(f["brown all"] + f["beige all"] + 0.4 * f["orange all"], 0.2, 0.65),
        ),
        word(
            "dark blue | deep blue | midnight blue",
            lambda f: both(
                ramp(f["blue all"] + 0.4 * f["black all"], 0.3, 0.65),
                ramp(f["blue all"], 0.1, 0.3),
                ramp(f["light all"], 0.4, 0.2),
            ),
        ),
        word(
            "light blue | pale blue | sky blue",
            lambda f: both(ramp(f["blue all"] + f["turquoise all"], 0.2, 0.5), ramp(f["light all"], 0.4, 0.65)),
        ),
    )


def _share_of(name: str) -> Sight:
    low, high = (0.1, 0.5) if name in ("green", "blue", "black", "grey", "white", "brown") else (0.05, 0.3)
    return lambda f: ramp(f[f"{name} all"], low, high)


def _touch_of(name: str) -> Sight:
    return lambda f: ramp(f[f"{name} all"], 0.0, 0.04)


_PLACES = {
    "above": ("{c} sky", "{c} above", "{c} at the top", "a {c} upper half", "a {c} upper part"),
    "below": (
        "{c} ground",
        "{c} below",
        "{c} at the bottom",
        "a {c} lower half",
        "a {c} foreground",
        "a {c} floor",
    ),
    "centre": ("{c} in the middle", "{c} at the centre", "a {c} centre"),
}


def placed() -> tuple[Concept, ...]:
    """Colour and light above, below and in the middle: "dark sky", "white ground", "red in the middle"."""
    made: list[Concept] = []
    for place, phrases in _PLACES.items():
        for name in COLOURS:
            made.append(Concept(tuple(p.format(c=name) for p in phrases), _placed_share(name, place)))
    for place in ("above", "below"):
        for name, low, high in (("dark", 0.42, 0.18), ("bright", 0.48, 0.78)):
            made.append(Concept(tuple(p.format(c=name) for p in _PLACES[place]), _placed_light(place, low, high)))
    return tuple(made)


def _placed_share(name: str, place: str) -> Sight:
    return lambda f: ramp(f[f"{name} {place}"], 0.15, 0.65)


def _placed_light(place: str, low: float, high: float) -> Sight:
    return lambda f: ramp(f[f"light {place}"], low, high)
