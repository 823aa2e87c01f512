"""The visual words that the offline model knows, and how strongly each holds for a picture's features.

A strength of 0.5 is the line between "does not hold" and "holds". Words for pictures, not for people: each
is something that one could point at. Colour words with a place ("blue below") are made from a grid.
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

    name: str
    wordings: tuple[str, ...]
    sight: Sight
    scene: bool = False


def ramp(value: float, low: float, high: float) -> float:
    """0 at `low`, 1 at `high`, straight between; `low` may be the greater one."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def both(*strengths: float) -> float:
    """All of them: the weakest counts."""
    return min(strengths)


def some(*strengths: float) -> float:
    """Any of them: the strongest counts."""
    return max(strengths)


def all_concepts() -> tuple[Concept, ...]:
    """Every concept, scenes last."""
    return (*_light(), *_colour(), *_placed(), *_form(), *_scenes())


def _make(name: str, others: str, sight: Sight, *, scene: bool = False) -> Concept:
    wordings = (name, *(word.strip() for word in others.split("|") if word.strip()))
    return Concept(name, wordings, sight, scene)


def _light() -> tuple[Concept, ...]:
    return (
        _make("dark", "darkness|deep shadows|gloomy light|mostly dark", lambda f: ramp(f["light all"], 0.46, 0.2)),
        _make(
            "bright",
            "brightness|full of light|bright light|light tones",
            lambda f: ramp(f["light all"], 0.42, 0.74),
        ),
        _make(
            "high contrast",
            "strong contrast|hard light and shadow|stark contrast",
            lambda f: ramp(f["contrast"], 0.45, 0.95),
        ),
        _make(
            "soft light",
            "low contrast|gentle light|hazy light|faint contrast|little contrast",
            lambda f: ramp(f["contrast"], 0.6, 0.24),
        ),
        _make(
            "light in the middle",
            "a glowing centre|bright centre|a bright middle|light at the centre",
            lambda f: both(
                ramp(f["light centre"] - f["light border"], 0.0, 0.3), ramp(f["light centre"], 0.25, 0.5)
            ),
        ),
        _make(
            "dark middle",
            "dark centre|a dark shape in the middle",
            lambda f: ramp(f["light border"] - f["light centre"], 0.02, 0.3),
        ),
    )


def _colour() -> tuple[Concept, ...]:
    mostly = tuple(
        _make(f"mostly {colour}", f"{colour}|{colour} tones|{colour} colours|a lot of {colour}", _share_of(colour))
        for colour in COLOURS
    )
    return (
        *mostly,
        _make(
            "vivid colours",
            "strong colours|saturated colours|intense colours|colourful|bright colours",
            lambda f: ramp(f["chroma"], 0.16, 0.46),
        ),
        _make(
            "muted colours",
            "pale colours|dull colours|faded colours|subdued colours|washed out colours|desaturated",
            lambda f: ramp(f["chroma"], 0.28, 0.08),
        ),
        _make("warm colours", "warm tones|warm light|warm", lambda f: ramp(f["warm"] - f["cold"], 0.0, 0.5)),
        _make(
            "cold colours",
            "cool colours|cool tones|cold light|cold|cool",
            lambda f: ramp(f["cold"] - f["warm"], 0.0, 0.5),
        ),
        _make(
            "black and white",
            "no colour|colourless|monochrome grey|without colour",
            lambda f: ramp(f["coloured"], 0.3, 0.06),
        ),
        _make(
            "many colours",
            "many different colours|a mix of colours|rainbow colours|multicoloured",
            lambda f: both(ramp(f["colour entropy"], 0.8, 1.5), ramp(f["coloured"], 0.2, 0.5)),
        ),
        _make(
            "one main colour",
            "a single colour|few colours|one colour everywhere",
            lambda f: ramp(f["main colour"], 0.45, 0.85),
        ),
    )


def _share_of(colour: str) -> Sight:
    low, high = (
        (0.1, 0.5) if colour in ("green", "blue", "black", "grey", "white", "brown", "beige") else (0.04, 0.3)
    )
    return lambda f: ramp(f[f"{colour} all"], low, high)


def _placed() -> tuple[Concept, ...]:
    """Colour and light above, below and in the middle: "dark sky", "white ground", "red in the middle"."""
    made: list[Concept] = []
    forms = {
        "above": ("{c} sky", "{c} above", "{c} at the top", "a {c} upper half"),
        "below": ("{c} ground", "{c} below", "{c} at the bottom", "a {c} lower half", "a {c} foreground"),
        "centre": ("{c} in the middle", "{c} at the centre", "a {c} centre"),
    }
    for place, phrases in forms.items():
        for colour in COLOURS:
            wordings = tuple(phrase.format(c=colour) for phrase in phrases)
            made.append(Concept(wordings[0], wordings, _placed_share(colour, place)))
    for place in ("above", "below"):
        for word, low, high in (("dark", 0.46, 0.2), ("bright", 0.45, 0.78)):
            wordings = tuple(phrase.format(c=word) for phrase in forms[place])
            made.append(Concept(wordings[0], wordings, _placed_light(place, low, high)))
    return tuple(made)


def _placed_share(colour: str, place: str) -> Sight:
    return lambda f: ramp(f[f"{colour} {place}"], 0.2, 0.7)


def _placed_light(place: str, low: float, high: float) -> Sight:
    return lambda f: ramp(f[f"light {place}"], low, high)


def _form() -> tuple[Concept, ...]:
    return (
        _make(
            "busy",
            "crowded with detail|full of detail|cluttered|chaotic|lots of things|much detail",
            lambda f: ramp(f["edges all"], 0.08, 0.34),
        ),
        _make(
            "calm and smooth",
            "smooth|calm surfaces|very little detail|simple and plain|quiet surfaces",
            lambda f: ramp(f["edges all"], 0.16, 0.02),
        ),
        _make(
            "empty space",
            "wide empty areas|large empty areas|open space|emptiness|spacious|minimal",
            lambda f: ramp(f["empty"], 0.4, 0.9),
        ),
        _make(
            "rough texture",
            "coarse texture|rough surfaces|grainy|fine texture|textured",
            lambda f: ramp(f["fine"], 0.01, 0.035),
        ),
        _make(
            "smooth sky",
            "an open sky|a clear upper half|wide sky",
            lambda f: both(ramp(f["sky"], 0.4, 0.9), ramp(f["edges above"], 0.2, 0.05)),
        ),
        _make(
            "strong vertical lines",
            "vertical lines|upright lines|tall upright shapes|tall shapes",
            lambda f: ramp(f["vertical"], 0.06, 0.3),
        ),
        _make(
            "strong horizontal lines",
            "horizontal lines|level lines|horizontal bands|horizontal stripes",
            lambda f: ramp(f["horizontal"], 0.06, 0.3),
        ),
        _make(
            "diagonal lines",
            "slanting lines|sloping lines|slanted shapes",
            lambda f: ramp(f["diagonal"], 0.08, 0.3),
        ),
        _make(
            "straight edges",
            "boxes|rectangles|rectangular shapes|angular shapes|sharp edges|geometric shapes",
            lambda f: both(ramp(f["axis"], 0.5, 0.9), ramp(f["edges all"], 0.02, 0.08)),
        ),
        _make(
            "small bright points",
            "many small lights|small lights|bright dots|tiny lights|glittering points|specks of light",
            lambda f: ramp(f["points"], 3.0, 24.0),
        ),
        _make(
            "small coloured spots",
            "coloured spots|colourful dots|scattered colourful patches|small colourful patches",
            lambda f: ramp(f["vivid spots"], 3.0, 18.0),
        ),
        _make(
            "a round bright shape",
            "a bright disc|a bright circle|a glowing ball|a bright round thing",
            lambda f: ramp(f["round bright"], 0.06, 0.34),
        ),
        _make(
            "round shapes",
            "circles|discs|bubbles|balls|rings|rounded shapes",
            lambda f: both(ramp(f["round any"], 0.1, 0.34), ramp(f["discs"], 0.0, 3.0)),
        ),
        _make(
            "a clear horizon",
            "a horizon|a level horizon|a flat horizon",
            lambda f: both(ramp(f["horizon"], 0.06, 0.24), ramp(f["outline flat"], 0.3, 0.8)),
        ),
        _make(
            "a jagged outline",
            "peaks|jagged shapes|pointed tops|a jagged skyline",
            lambda f: both(ramp(f["outline spread"], 0.04, 0.14), ramp(f["outline slope"], 0.2, 0.6)),
        ),
        _make(
            "a stepped outline",
            "a stepped skyline|blocks against the sky|rooftops",
            lambda f: both(ramp(f["outline jumps"], 3.0, 9.0), ramp(f["axis"], 0.5, 0.8)),
        ),
        _make(
            "symmetry",
            "symmetrical|a mirrored left and right|the same on both sides",
            lambda f: ramp(f["mirror"], 0.5, 0.95),
        ),
        _make(
            "a reflection",
            "mirrored water|reflections|upper half mirrored below",
            lambda f: ramp(f["reflection"], 0.3, 0.8),
        ),
        _make(
            "a repeating pattern",
            "a regular pattern|repetition|stripes or tiles|a grid",
            lambda f: ramp(f["repetition"], 0.02, 0.08),
        ),
    )


def _scenes() -> tuple[Concept, ...]:
    def scene(name: str, others: str, sight: Sight) -> Concept:
        return _make(name, others, sight, scene=True)

    return (
        scene(
            "night",
            "a night scene|at night|night time|after dark",
            lambda f: both(ramp(f["light all"], 0.42, 0.2), ramp(f["light above"], 0.42, 0.16)),
        ),
        scene(
            "snow",
            "snowy ground|ice|frost|winter|a snowy scene",
            lambda f: both(
                ramp(f["white below"] + 0.5 * f["grey below"], 0.25, 0.7), ramp(f["light below"], 0.5, 0.8)
            ),
        ),
        scene(
            "water",
            "sea|ocean|lake|river|waves",
            lambda f: both(
                ramp(f["blue below"] + f["turquoise below"] + 0.3 * f["grey below"], 0.2, 0.65),
                ramp(f["green all"], 0.6, 0.3),
            ),
        ),
        scene(
            "sunset",
            "sunrise|dusk|dawn|evening light|a glowing sky",
            lambda f: both(
                ramp(
                    f["orange above"]
                    + f["red above"]
                    + f["pink above"]
                    + 0.6 * f["yellow above"]
                    + 0.5 * f["purple above"]
                    + 0.4 * f["beige above"],
                    0.12,
                    0.45,
                ),
                ramp(f["edges above"], 0.35, 0.12),
            ),
        ),
        scene(
            "trees",
            "forest|woods|woodland|jungle|leaves|foliage|a green forest",
            lambda f: both(
                ramp(f["green all"], 0.2, 0.55),
                some(ramp(f["fine"], 0.008, 0.025), ramp(f["vertical"], 0.05, 0.2)),
            ),
        ),
        scene("a green field", "grass|meadow|lawn|fields|pasture", lambda f: ramp(f["green below"], 0.3, 0.75)),
        scene(
            "flowers",
            "blossoms|blooms|petals|a flower|a garden",
            lambda f: both(
                ramp(f["vivid spots"], 2.0, 12.0), ramp(f["green all"], 0.08, 0.3), ramp(f["light all"], 0.2, 0.35)
            ),
        ),
        scene(
            "city lights",
            "a lit city|street lights|lit windows|lights in windows|neon lights",
            lambda f: both(
                ramp(f["points below"], 3.0, 14.0),
                ramp(f["light all"], 0.5, 0.3),
                some(ramp(f["points warm"], 0.2, 0.6), ramp(f["axis"], 0.5, 0.85)),
            ),
        ),
        scene(
            "stars",
            "a starry sky|a night sky full of stars|stars in the sky",
            lambda f: both(ramp(f["points above"], 4.0, 18.0), ramp(f["light above"], 0.4, 0.2)),
        ),
        scene(
            "buildings",
            "a city|houses|towers|architecture|a town|windows",
            lambda f: both(ramp(f["axis"], 0.55, 0.88), ramp(f["vertical"], 0.05, 0.16)),
        ),
        scene(
            "mountains",
            "hills|a mountain|cliffs|rocks",
            lambda f: both(
                ramp(f["outline spread"], 0.04, 0.12),
                ramp(f["outline slope"], 0.2, 0.6),
                ramp(f["axis"], 0.85, 0.5),
            ),
        ),
        scene(
            "fog",
            "mist|haze|foggy|misty",
            lambda f: both(
                ramp(f["contrast"], 0.6, 0.3), ramp(f["chroma"], 0.22, 0.09), ramp(f["light all"], 0.3, 0.5)
            ),
        ),
        scene(
            "storm clouds",
            "a stormy sky|dark clouds|a storm|bad weather|stormy",
            lambda f: both(
                ramp(f["grey above"] + f["black above"] * 0.6, 0.3, 0.75),
                ramp(f["light above"], 0.55, 0.35),
                ramp(f["light above"], 0.06, 0.16),
            ),
        ),
        scene(
            "fire",
            "flames|burning|lava|a fire",
            lambda f: both(
                ramp(f["orange all"] + f["red all"] + 0.5 * f["yellow all"], 0.1, 0.4),
                ramp(f["light all"], 0.6, 0.35),
                ramp(f["brightest"], 0.4, 0.6),
            ),
        ),
        scene(
            "sand",
            "desert|beach|dunes|dry land|sandy ground",
            lambda f: ramp(
                f["beige below"] + 0.7 * f["orange below"] + 0.7 * f["yellow below"] + 0.5 * f["brown below"],
                0.25,
                0.7,
            ),
        ),
        scene(
            "a blue sky",
            "clear sky|fair weather|a sunny sky|a sunny day",
            lambda f: both(
                ramp(f["blue above"] + f["turquoise above"], 0.25, 0.65), ramp(f["light above"], 0.3, 0.5)
            ),
        ),
        scene(
            "abstract shapes",
            "abstract|an abstract pattern|plain geometric shapes|abstract art",
            lambda f: both(
                ramp(f["fine"], 0.02, 0.006), ramp(f["colours"], 1.5, 4.0), ramp(f["chroma"], 0.2, 0.4)
            ),
        ),
    )
