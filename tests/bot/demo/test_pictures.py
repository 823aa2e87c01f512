"""The demo's pictures: what makes them fit to learn from."""

import hashlib
import io
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from bot.demo.pictures import KINDS, draw, draw_many
from bot.demo.pictures.scene import choose


@pytest.fixture(scope="module")
def pictures():
    return draw_many(32, seed=5)


def test_the_same_seed_draws_the_same_picture_and_another_seed_another():
    first, again, other = draw(7), draw(7), draw(8)
    assert first == again
    assert first.png != other.png


def test_pictures_show_every_kind_equally_often_and_none_twice(pictures):
    assert Counter(p.scene.kind for p in pictures) == dict.fromkeys(KINDS, 2)
    assert len({p.png for p in pictures}) == 32


def test_a_picture_carries_no_metadata_and_no_text(pictures):
    for picture in pictures:
        image = Image.open(io.BytesIO(picture.png))
        image.load()
        assert (image.format, image.size, image.mode, image.info) == ("PNG", (512, 384), "RGB", {})


def test_every_kind_has_structure_and_is_not_burnt_out(pictures):
    for picture in pictures:
        pixels = np.asarray(Image.open(io.BytesIO(picture.png)), dtype=float)
        assert pixels.std() > 6, picture.scene
        assert ((pixels < 1) | (pixels > 254)).mean() < 0.5, picture.scene


def test_night_is_darker_than_day():
    def brightness(time: str) -> float:
        seeds = [s for s in range(60) if choose(np.random.default_rng([s, 0xFEE1]), "meadow").time == time][:2]
        shown = [draw(seed, "meadow") for seed in seeds]
        assert [p.scene.time for p in shown] == [time, time]
        return float(np.mean([np.asarray(Image.open(io.BytesIO(p.png))).mean() for p in shown]))

    assert brightness("night") < 0.6 * brightness("day")


@pytest.mark.slow
def test_another_processor_draws_the_same_bytes():
    """One without the vector instructions of this one; where it has none, it is compared with itself."""
    umath = np._core._multiarray_umath
    vectors = [one for one in umath.__cpu_dispatch__ if umath.__cpu_features__.get(one)]
    drawn = "[hashlib.sha256(picture.png).hexdigest() for picture in draw_many(16, 0)]"
    said = f"import hashlib; from bot.demo.pictures import draw_many; print(*{drawn})"
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(vectors)}
    there = subprocess.run(
        [sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert there == [hashlib.sha256(picture.png).hexdigest() for picture in draw_many(16, 0)]
