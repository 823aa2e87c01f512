"""Gains are differences of accuracies, in points, and the interval is over members and seeds."""

from dataclasses import replace

import pytest

from bot.demo.seeds import interval
from bot.demo.settings import settings_in
from tests.bot.demo.fakes import LOST, RIGHT, SAME, figures, found, guess


def test_a_members_gain_is_accuracy_less_the_generic_accuracy():
    assert found(0, (RIGHT, RIGHT, SAME, LOST)).gain == 25
    assert found(0, (LOST, SAME)).gain == -50


def test_the_mean_gain_counts_members_without_a_feelprint():
    assert figures().gain == pytest.approx((50 - 50 + 0 + 0) / 4)


def test_answering_always_the_same_gains_nothing_by_telling_pictures_apart():
    often = [guess("awe", "fear", "awe")] * 6 + [guess("fear", "awe", "awe")] * 4
    member = found(0, tuple(often))
    assert member.gain == pytest.approx(60 - 0)
    flat = found(0, tuple(replace(g, generic="anger") for g in often))
    assert flat.gain == pytest.approx(60)
    assert flat.gain_by_picture == pytest.approx(0)


def test_a_perfect_answer_gains_by_telling_pictures_apart():
    member = found(0, (guess("awe", "anger", "awe"), guess("fear", "anger", "fear")))
    assert member.gain == 100
    assert member.gain_by_picture == pytest.approx(50)


def test_the_interval_of_equal_gains_is_a_point_and_that_of_noise_holds_zero():
    assert interval([5.0] * 20) == (5.0, 5.0, 5.0)
    mean, low, high = interval([10.0, -10.0] * 20)
    assert mean == 0
    assert low < 0 < high


def test_the_interval_narrows_with_more_seeds():
    few, many = interval([0.0, 20.0] * 5), interval([0.0, 20.0] * 50)
    assert many[2] - many[1] < (few[2] - few[1]) / 2


def test_the_demo_uses_the_offline_model_whatever_the_environment_says(monkeypatch, tmp_path):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DISCORD_TOKEN"):
        monkeypatch.setenv(name, "http://somewhere")
    monkeypatch.setenv("FEELPRINT_DATABASE", "elsewhere.db")
    monkeypatch.setenv("FEELPRINT_MODE", "paper")
    settings = settings_in(tmp_path)
    assert settings.offline
    assert settings.discord_token is None
    assert settings.database == str(tmp_path / "demo.db")
    assert settings.mode == "rules"
