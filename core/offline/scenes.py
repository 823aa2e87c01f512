"""Visual words for whole scenes, each a reading of layout, colour and form: "snow", "city lights", "forest".

They are guesses from broad properties, as a glance is; none looks for a known picture. Where layout and light are
all there is, as in a picture without any colour, grey sky and grey stone look the same: no such word is said then.
"""

from core.offline.concepts import Concept, Sight, both, ramp, some, word
from core.offline.forms import horizon, jagged
from core.offline.pixels import Features


def scenes() -> tuple[Concept, ...]:
    """All words for scenes."""
    return (*_sky(), *_land(), *_made())


def _scene(wordings: str, sight: Sight) -> Concept:
    return word(wordings, sight, scene=True)


def _some_colour(f: Features) -> float:
    """How far there is any colour at all."""
    return ramp(f["chroma all"], 0.004, 0.016)


def _sky() -> tuple[Concept, ...]:
    return (
        _scene(
            "a night scene | a dark night || night | at night | night time | after dark",
            lambda f: both(ramp(f["light all"], 0.36, 0.16), ramp(f["light above"], 0.34, 0.14)),
        ),
        _scene(
            "stars | a starry sky | a night sky full of stars | stars in the sky | starlight || starry",
            lambda f: both(ramp(f["points above cool"], 6.0, 26.0), ramp(f["light above"], 0.34, 0.18)),
        ),
        _scene(
            "a bright moon | moonlight | a full moon || moon",
            lambda f: both(
                ramp(f["light above"], 0.38, 0.2),
                ramp(f["round bright"], 0.16, 0.36),
                ramp(f["contrast"] + f["round bright"], 0.3, 0.6),
            ),
        ),
        _scene(
            "a low sun | the sun in the sky || sun | sunlight",
            lambda f: both(
                ramp(f["light all"], 0.2, 0.35), ramp(f["round bright"], 0.1, 0.26), ramp(f["warm"], 0.05, 0.25)
            ),
        ),
        _scene(
            "sunset | sunrise | dusk | dawn | evening light | a glowing sky | evening",
            lambda f: both(
                ramp(
                    f["orange above"]
                    + f["red above"]
                    + f["pink above"]
                    + 0.6 * f["yellow above"]
                    + 0.5 * f["purple above"]
                    + 0.4 * f["beige above"],
                    0.1,
                    0.4,
                ),
                ramp(f["main colour"], 0.95, 0.65),
                ramp(f["edges above"], 0.35, 0.12),
            ),
        ),
        _scene(
            "a clear sky | fair weather | a sunny day | daylight | a summer sky",
            lambda f: both(
                ramp(f["blue above"] + f["turquoise above"], 0.25, 0.65),
                ramp(f["light above"], 0.38, 0.55),
                ramp(f["edges above"], 0.3, 0.1),
            ),
        ),
        _scene(
            "clouds | white clouds | a cloudy sky || cloudy",
            lambda f: both(
                ramp(f["white above"] + f["grey above"], 0.06, 0.2),
                ramp(f["blue above"] + f["turquoise above"], 0.06, 0.2),
            ),
        ),
        _scene(
            "storm clouds | a stormy sky | dark clouds | a storm | bad weather | grey clouds || stormy",
            lambda f: both(
                _some_colour(f),
                ramp(f["chroma above"], 0.17, 0.08),
                ramp(f["light above"], 0.56, 0.38),
                ramp(f["light above"], 0.07, 0.15),
                ramp(f["edges above"], 0.5, 0.2),
            ),
        ),
        _scene(
            "fog | mist | haze || foggy | misty | hazy",
            lambda f: both(
                _some_colour(f),
                ramp(f["contrast"], 0.45, 0.2),
                ramp(f["chroma all"], 0.16, 0.07),
                ramp(f["light all"], 0.34, 0.52),
            ),
        ),
    )


def _land() -> tuple[Concept, ...]:
    return (
        _scene(
            "snow | snowy ground | ice | frost | winter | a snowy landscape",
            lambda f: both(
                ramp(f["light below"], 0.66, 0.84),
                ramp(f["chroma below"], 0.18, 0.06),
                some(ramp(f["light below"] - f["light above"], 0.02, 0.08), ramp(f["horizon"], 0.03, 0.08)),
            ),
        ),
        _scene(
            "water | sea | ocean | lake | river | waves | a stormy sea",
            lambda f: both(
                _some_colour(f),
                ramp(f["blue below"] + f["turquoise below"] + 0.6 * f["grey below"], 0.2, 0.6),
                some(
                    ramp(f["horizontal below"], 0.06, 0.24),
                    both(horizon(f), ramp(f["blue below"] + f["turquoise below"], 0.2, 0.5)),
                ),
            ),
        ),
        _scene(
            "trees | forest | woods | woodland | jungle | leaves | foliage | plants",
            lambda f: both(
                ramp(f["green all"], 0.18, 0.45), ramp(f["fine"], 0.006, 0.018), ramp(f["edges all"], 0.2, 0.45)
            ),
        ),
        _scene(
            "a green field | grass | meadow | lawn | fields | pasture", lambda f: ramp(f["green below"], 0.3, 0.75)
        ),
        _scene(
            "flowers | blossoms | blooms | petals | a flower | a garden | a field of flowers",
            lambda f: both(
                ramp(f["vivid spots"] + f["pale spots"], 10.0, 34.0),
                ramp(f["green all"], 0.08, 0.28),
                ramp(f["light all"], 0.2, 0.34),
            ),
        ),
        _scene(
            "sand | desert | beach | dunes | dry land",
            lambda f: both(
                ramp(
                    f["beige below"] + 0.7 * f["orange below"] + 0.7 * f["yellow below"] + 0.5 * f["brown below"],
                    0.2,
                    0.6,
                ),
                ramp(f["brown above"], 0.36, 0.2),
                ramp(f["light below"], 0.34, 0.5),
            ),
        ),
        _scene(
            "mountains | hills | a mountain | cliffs | rocks",
            lambda f: both(_some_colour(f), jagged(f), ramp(f["axis"], 0.8, 0.5)),
        ),
    )


def _made() -> tuple[Concept, ...]:
    return (
        _scene(
            "city lights | a lit city | street lights | lit windows | neon lights | a city at night",
            lambda f: both(
                ramp(f["points below"], 10.0, 50.0),
                ramp(f["points warm"], 0.2, 0.6),
                ramp(f["light all"], 0.4, 0.26),
            ),
        ),
        _scene(
            "buildings | a city | houses | towers | architecture | a town | windows | skyscrapers",
            lambda f: both(
                _some_colour(f),
                ramp(f["axis"], 0.6, 0.88),
                ramp(f["hard edges"], 0.25, 0.5),
                ramp(f["edges below"], 0.12, 0.3),
            ),
        ),
        _scene(
            "abstract shapes | an abstract pattern | abstract art | geometric shapes || abstract",
            lambda f: both(
                ramp(f["hard edges"], 0.4, 0.7),
                ramp(f["chroma high"], 0.35, 0.6),
                ramp(f["colours"], 1.0, 3.0),
                ramp(f["empty"], 0.25, 0.55),
                ramp(f["edges all"], 0.04, 0.08),
            ),
        ),
        _scene(
            "rubbish | garbage | dirt | a mess | mud | trash",
            lambda f: both(ramp(f["murky"], 0.1, 0.4), ramp(f["edges all"], 0.08, 0.24)),
        ),
    )
