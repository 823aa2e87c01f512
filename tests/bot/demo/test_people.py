"""The members' tastes: different enough to be worth learning, and noisy as people are."""

from collections import Counter

import numpy as np
import pytest

from bot.demo.people import PEOPLE, most_people, reactions
from bot.demo.pictures.scene import choose
from core.vocabulary.emotions import MIKELS

SCENES = [choose(np.random.default_rng([3, k])) for k in range(600)]
PERSON = {person.name: person for person in PEOPLE}


def differs(name: str) -> float:
    return float(np.mean([PERSON[name].taste(s) != most_people(s) for s in SCENES]))


def test_one_member_has_the_majoritys_taste():
    assert differs("Mia") == 0


@pytest.mark.parametrize("name", ["Noor", "Theo", "Ivy"])
def test_the_strong_tastes_oppose_convention_on_many_pictures(name):
    assert 0.25 < differs(name) < 0.8


@pytest.mark.parametrize("name", list(PERSON))
def test_feelings_follow_the_taste_but_for_the_noise(name):
    rng = np.random.default_rng(1)
    astray = np.mean([PERSON[name].feels(s, rng) != PERSON[name].taste(s) for s in SCENES])
    assert abs(astray - PERSON[name].noise) < 4 * (PERSON[name].noise * (1 - PERSON[name].noise) / 600) ** 0.5


def test_only_bo_is_mostly_noise():
    assert [p.name for p in PEOPLE if p.noise > 0.12] == ["Bo"]
    assert all(p.noise >= 0.08 for p in PEOPLE)


def test_every_feeling_is_one_of_the_eight_and_convention_knows_them_all():
    assert {most_people(s) for s in SCENES} == set(MIKELS.names)
    assert all(set(felt) <= set(MIKELS.names) for felt in reactions(SCENES, 0).values())


def test_shuffling_keeps_how_often_each_is_felt_and_breaks_what_it_is_felt_about():
    plain, shuffled = reactions(SCENES, 4), reactions(SCENES, 4, shuffled=True)
    for name, felt in plain.items():
        assert Counter(felt) == Counter(shuffled[name])
        by_chance = sum((n / 600) ** 2 for n in Counter(felt).values())
        same = np.mean([a == b for a, b in zip(felt, shuffled[name], strict=True)])
        assert abs(same - by_chance) < 0.09


def test_the_same_seed_feels_the_same():
    assert reactions(SCENES[:40], 9) == reactions(SCENES[:40], 9)
    assert reactions(SCENES[:40], 9) != reactions(SCENES[:40], 10)
