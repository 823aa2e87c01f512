"""The report: one self-contained folder that tells the truth."""

import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from bot.demo.report import write_report
from tests.bot.demo.fakes import figures


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    import asyncio

    out = tmp_path_factory.mktemp("report")
    asyncio.run(write_report(figures(), out))
    return out


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


def test_nothing_is_fetched_from_elsewhere_and_everything_shown_is_there(folder, page):
    assert "http" not in page
    shown = re.findall(r'(?:src|srcset)="([^"]+)"', page)
    assert len(shown) > 10
    assert [name for name in shown if not (folder / name).is_file()] == []


def test_it_is_well_formed(page):
    void, stack = {"meta", "img", "source", "br"}, []

    class Check(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in void:
                stack.append(tag)

        def handle_endtag(self, tag):
            assert stack.pop() == tag

    Check().feed(page)
    assert stack == []
    assert "$" not in page


def test_words_of_rules_are_escaped(page):
    assert "dark &lt;water&gt; &amp; stars" in page
    assert "<water>" not in page


def test_it_says_offline_model_and_where_a_feelprint_does_not_help(page):
    assert "offline model" in page
    assert "makes answers worse" in page
    assert "No feelprint." in page


def test_every_member_has_their_feelprint_with_evidence(page):
    assert page.count('class="member"') == 4
    assert "not written from: right twice, never wrong." in page
    assert "better 1, worse 0, same 2" in page


def test_pictures_are_jpegs_without_metadata(folder):
    pictures = sorted((folder / "pictures").iterdir())
    assert len(pictures) == 6
    for path in pictures:
        with Image.open(path) as image:
            assert image.format == "JPEG"
            assert len(image.getexif()) == 0


def test_charts_exist_for_light_and_dark_paper_and_differ(folder):
    for name in ("accuracy", "feelings", "record"):
        light, dark = (
            Image.open(folder / "charts" / f"{name}-{paper}.png").convert("RGB") for paper in ("light", "dark")
        )
        assert light.getpixel((2, 2)) == (255, 255, 255)
        assert dark.getpixel((2, 2)) != (255, 255, 255)
