"""A small made-up demo result, for those who tell it."""

from bot.demo.figures import Figures, Found, Guess
from bot.demo.people import PEOPLE
from bot.demo.pictures import draw_many
from core.predicting.shown import RuleShown, Tally
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Evidence, Feelprint, Rule
from core.vocabulary.reasons import AnswerSource, Mode, RunReason


def guess(felt: str, generic: str, answer: str) -> Guess:
    return Guess(felt, generic, answer, AnswerSource.FEELPRINT, "Because of <the sky>.")


RIGHT = guess("awe", "fear", "awe")
LOST = guess("awe", "awe", "fear")
SAME = guess("awe", "fear", "fear")


def feelprint(member_id: int) -> tuple[Feelprint, Rule]:
    rule = Rule("dark <water>", "awe", "When a picture shows dark <water> & stars, you tend to feel awe.")
    return Feelprint(member_id, MIKELS.id, 2, Mode.RULES, (rule,), "", 1_700_000_000_000, 4, "run"), rule


def found(place: int, guesses: tuple[Guess, ...], *, tuned: bool = True) -> Found:
    active, rule = feelprint(place)
    return Found(
        PEOPLE[place],
        place,
        4,
        active if tuned else None,
        RunReason.NOTHING_RELIABLE,
        guesses,
        (RuleShown(rule, Evidence(3, 2.0, 0.0), Evidence(2, 1.0, 1.0)),) if tuned else (),
        Tally(1, 0, 2) if tuned else None,
        "### Your feelprint\n**A rule**",
        (1.0, 0.0, -1.0),
        {rule.id: (0, 2)},
    )


def figures() -> Figures:
    pictures = tuple(draw_many(6, 1))
    members = (
        found(0, (RIGHT, SAME)),
        found(1, (LOST, SAME)),
        found(2, (SAME, SAME)),
        found(3, (SAME, SAME), tuned=False),
    )
    felt = {person.name: ["awe"] * 6 for person in PEOPLE}
    return Figures(1, pictures[:4], pictures[4:], felt, members, 12.3, 45)
