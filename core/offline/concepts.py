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
    """A visual word: how it is written (things that a picture shows; the first is the one used in tags), by which
    other words it is understood, and how strongly a picture shows it.

    `scene` marks words for whole scenes, which a describer names first.
    """

    written: tuple[str, ...]
    understood: tuple[str, ...]
    sight: Sight
    scene: bool = False

    @property
    def name(self) -> str:
        """The wording that stands for the concept."""
        return self.written[0]


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
    """A concept from its wordings, parted by "|"; those after "||" are understood, but never written."""
    written, _, understood = wordings.partition("||")
    return Concept(_parted(written), _parted(understood), sight, scene)


def _parted(wordings: str) -> tuple[str, ...]:
    return tuple(wording.strip() for wording in wordings.split("|") if wording.strip())


def light() -> tuple[Concept, ...]:
    """Words for light."""
    return (
        word("darkness | deep shadows | gloomy light || dark", lambda f: ramp(f["light all"], 0.42, 0.2)),
        word("bright light | light tones | brightness || bright", lambda f: ramp(f["light all"], 0.45, 0.72)),
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
            "a warm glow in the dark | glowing light in the dark | orange light in darkness | lamplight "
            "|| fire | flames | burning | lava",
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
        word(f"mostly {name} colours | {name} tones | a lot of {name} || {name}", _share_of(name))
        for name in COLOURS
    )
    touches = tuple(
        word(f"a touch of {name} | {name} spots | bits of {name} | something {name}", _touch_of(name))
        for name in ("red", "orange", "yellow", "purple", "pink")
    )
    return (
        *single,
        *touches,
        word(
            "vivid colours | strong colours | saturated colours | intense colours | bright colours || colourful",
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
        word("warm colours | warm tones | warm light || warm", lambda f: ramp(f["warm"] - f["cold"], 0.0, 0.5)),
        word(
            "cold colours | cool colours | cool tones | cold light || cold | cool",
            lambda f: ramp(f["cold"] - f["warm"], 0.05, 0.6),
        ),
        word(
            "no colour | black and white tones || black and white | colourless | without colour | monochrome",
            lambda f: ramp(f["coloured"], 0.3, 0.06),
        ),
        word(
            "many colours | many different colours | a mix of colours | rainbow colours || multicoloured",
            lambda f: both(ramp(f["colour entropy"], 0.9, 1.6), ramp(f["coloured"], 0.2, 0.5)),
        ),
        word(
            "one main colour | a single colour | few colours | one colour everywhere",
            lambda f: ramp(f["main colour"], 0.5, 0.9),
        ),
        word(
            "murky colours | muddy colours | dirty colours | olive tones || olive | dark yellow",
            lambda f: ramp(f["murky"], 0.1, 0.4),
        ),
        word(
            "earth tones | earthy colours | natural browns | rusty colours",
            lambda f: ramp(f["brown all"] + f["beige all"] + 0.4 * f["orange all"], 0.2, 0.65),
        ),
        word(
            "dark blue tones | deep blue colours | midnight blue || dark blue | deep blue",
            lambda f: both(
                ramp(f["blue all"] + 0.4 * f["black all"], 0.3, 0.65),
                ramp(f["blue all"], 0.1, 0.3),
                ramp(f["light all"], 0.4, 0.2),
            ),
        ),
        word(
            "light blue tones | pale blue colours || light blue | pale blue | sky blue",
            lambda f: both(ramp(f["blue all"] + f["turquoise all"], 0.2, 0.5), ramp(f["light all"], 0.4, 0.65)),
        ),
    )


def _share_of(name: str) -> Sight:
    low, high = (0.1, 0.5) if name in ("green", "blue", "black", "grey", "white", "brown") else (0.05, 0.3)
    return lambda f: ramp(f[f"{name} all"], low, high)


def _touch_of(name: str) -> Sight:
    return lambda f: ramp(f[f"{name} all"], 0.0, 0.04)


_PLACES = {
    "above": "a {c} sky | {c} colours above | a {c} upper half || {c} above | {c} at the top | a {c} upper part",
    "below": "{c} ground | a {c} foreground | a {c} lower half || {c} below | {c} at the bottom | a {c} floor",
    "centre": "a {c} centre | {c} colours in the middle || {c} in the middle | {c} at the centre",
}


def placed() -> tuple[Concept, ...]:
    """Colour and light above, below and in the middle: "a dark sky", "white ground", "a red centre"."""
    made = [
        word(_in_place(phrases, name), _placed_share(name, place))
        for place, phrases in _PLACES.items()
        for name in COLOURS
    ]
    for place in ("above", "below"):
        for name, low, high in (("dark", 0.42, 0.18), ("bright", 0.48, 0.78)):
            made.append(word(_in_place(_PLACES[place], name), _placed_light(place, low, high)))
    return tuple(made)


def _in_place(phrases: str, name: str) -> str:
    return phrases.replace("a {c}", f"an {name}" if name[0] in "aeiou" else f"a {name}").replace("{c}", name)


def _placed_share(name: str, place: str) -> Sight:
    return lambda f: ramp(f[f"{name} {place}"], 0.15, 0.65)


def _placed_light(place: str, low: float, high: float) -> Sight:
    return lambda f: ramp(f[f"light {place}"], low, high)
