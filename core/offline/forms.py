"""Visual words for form: how busy, which lines, which outlines, which things stand out."""

from core.offline.concepts import Concept, both, ramp, some, word
from core.offline.pixels import Features


def form() -> tuple[Concept, ...]:
    """All words for form."""
    return (*_texture(), *_lines(), *_things())


def jagged(f: Features) -> float:
    """How far a smooth sky ends in a line that rises and falls."""
    return both(
        ramp(f["outline spread"], 0.02, 0.07),
        ramp(f["outline slope"], 0.25, 0.5),
        ramp(f["edges above"], 0.35, 0.15),
    )


def horizon(f: Features) -> float:
    """How clear a level boundary runs through the picture."""
    return both(ramp(f["horizon"], 0.06, 0.24), ramp(f["outline flat"], 0.35, 0.75))


def open_sky(f: Features) -> float:
    """How far the upper part is smooth."""
    return both(ramp(f["sky"], 0.4, 0.9), ramp(f["edges above"], 0.14, 0.04), ramp(f["outline height"], 0.2, 0.4))


def _texture() -> tuple[Concept, ...]:
    return (
        word(
            "much detail | clutter | many details || busy | detailed | cluttered | chaotic | crowded",
            lambda f: ramp(f["edges all"], 0.2, 0.5),
        ),
        word(
            "calm smooth surfaces | calm surfaces | very little detail | quiet surfaces || smooth | calm",
            lambda f: ramp(f["edges all"], 0.16, 0.03),
        ),
        word(
            "empty space | wide empty areas | large empty areas | open space | emptiness || minimal | empty",
            lambda f: ramp(f["empty"], 0.5, 0.9),
        ),
        word(
            "rough texture | coarse texture | rough surfaces | fine texture || grainy | textured",
            lambda f: ramp(f["fine"], 0.009, 0.025),
        ),
        word("an open sky | a smooth upper half | a wide sky || sky", open_sky),
        word(
            "a textured lower half | rough ground | busy ground || detail below",
            lambda f: both(
                ramp(f["fine below"], 0.008, 0.025), ramp(f["fine below"] - f["fine above"], 0.0, 0.01)
            ),
        ),
        word(
            "a repeating pattern | a regular pattern | repetition | tiles | a grid | stripes",
            lambda f: ramp(f["repetition"], 0.2, 0.55),
        ),
        word(
            "hard edges | crisp shapes | clear cut shapes | flat shapes",
            lambda f: both(ramp(f["hard edges"], 0.35, 0.7), ramp(f["edges all"], 0.03, 0.08)),
        ),
        word(
            "soft edges | soft shapes | blurred shapes || blurred | out of focus",
            lambda f: ramp(f["hard edges"], 0.25, 0.05),
        ),
    )


def _lines() -> tuple[Concept, ...]:
    return (
        word(
            "strong vertical lines | vertical lines | upright lines | tall upright shapes | tall shapes",
            lambda f: ramp(f["vertical"], 0.06, 0.24),
        ),
        word(
            "strong horizontal lines | horizontal lines | level lines | horizontal bands | layers",
            lambda f: ramp(f["horizontal"], 0.06, 0.26),
        ),
        word(
            "diagonal lines | slanting lines | sloping lines | slanted shapes | slopes",
            lambda f: ramp(f["diagonal"], 0.05, 0.2),
        ),
        word(
            "straight edges | boxes | rectangles | rectangular shapes | angular shapes",
            lambda f: both(ramp(f["axis"], 0.5, 0.9), ramp(f["edges all"], 0.1, 0.25)),
        ),
        word(
            "curved lines | curves | winding lines | wavy lines | flowing lines",
            lambda f: both(
                ramp(f["axis"], 0.6, 0.3), ramp(f["straightness"], 0.35, 0.65), ramp(f["edges all"], 0.04, 0.12)
            ),
        ),
        word("a clear horizon | a horizon | a level horizon | a flat horizon", horizon),
        word("a jagged outline | peaks | jagged shapes | pointed tops | a jagged skyline", jagged),
        word(
            "a stepped outline | a stepped skyline | blocks against the sky | rooftops",
            lambda f: both(
                ramp(f["outline jumps"], 6.0, 20.0), ramp(f["axis"], 0.6, 0.85), ramp(f["edges above"], 0.3, 0.1)
            ),
        ),
        word(
            "symmetry | a mirrored left and right || symmetrical | the same on both sides",
            lambda f: ramp(f["mirror"], 0.3, 0.8),
        ),
        word(
            "a reflection | mirrored water | reflections | an upper half mirrored below",
            lambda f: ramp(f["reflection"], 0.25, 0.7),
        ),
    )


def _things() -> tuple[Concept, ...]:
    return (
        word(
            "small bright points | many small lights | bright dots | tiny lights | specks of light | lights",
            lambda f: ramp(f["points"], 6.0, 40.0),
        ),
        word(
            "small coloured spots | coloured spots | colourful dots | small colourful things",
            lambda f: ramp(f["vivid spots"], 8.0, 32.0),
        ),
        word(
            "scattered small things | many small things | dots | spots | small shapes",
            lambda f: ramp(f["spots"], 18.0, 60.0),
        ),
        word(
            "a round bright shape | a bright disc | a bright circle | a glowing ball | a bright round thing",
            lambda f: ramp(f["round bright"], 0.1, 0.3),
        ),
        word(
            "round shapes | circles | discs | bubbles | balls | rings | rounded shapes | a round thing",
            lambda f: ramp(f["round any"], 0.18, 0.42),
        ),
        word(
            "one thing in the middle | a single object | a lone object | a thing in the centre",
            lambda f: both(
                ramp(f["edges centre"] / (f["edges all"] + 0.01), 1.3, 2.2), ramp(f["empty"], 0.45, 0.75)
            ),
        ),
        word(
            "a wide view | a landscape | a far view | vastness | a vast landscape",
            lambda f: both(open_sky(f), some(horizon(f), jagged(f))),
        ),
    )
