"""What counts as a picture in a message, from Discord's own payloads."""

from types import SimpleNamespace

import discord
import pytest

from bot.intake.event_facts import emoji_of
from bot.intake.shown_pictures import is_age_restricted, pictures_of

PROXIED = "https://images-ext-1.discordapp.net/external/x/a.png"


def message(attachments=(), embeds=(), content="", snapshots=()):
    """A message that has only what is looked at; embeds and attachments are discord.py's own."""
    made = [
        discord.Attachment(
            data={"id": 1, "size": 10, "url": "u", "proxy_url": "p"} | a, state=SimpleNamespace(http=None)
        )
        for a in attachments
    ]
    return SimpleNamespace(
        attachments=made,
        embeds=[discord.Embed.from_dict(embed) for embed in embeds],
        content=content,
        message_snapshots=list(snapshots),
        components=[],
    )


@pytest.mark.parametrize(
    ("upload", "counts"),
    [
        ({"filename": "a.png", "content_type": "image/png"}, True),
        ({"filename": "a.bin", "content_type": "image/webp"}, True),
        ({"filename": "a.heic", "content_type": "image/heic"}, True),
        ({"filename": "a.JPG"}, True),
        ({"filename": "a.png", "content_type": "application/octet-stream"}, True),
        ({"filename": "f.PNG", "content_type": "binary/octet-stream"}, True),
        ({"filename": "a.jpg", "content_type": "IMAGE/JPEG"}, True),
        ({"filename": "a.jpg", "content_type": "image/jpeg; charset=binary"}, True),
        *(({"filename": f"a.{suffix}"}, True) for suffix in ("jfif", "apng", "jpe", "hif", "avif", "png ")),
        ({"filename": "a.mp4", "content_type": "application/octet-stream"}, False),
        ({"filename": "a.svg", "content_type": "Image/SVG+xml"}, False),
        ({"filename": "a.mp4", "content_type": "video/mp4"}, False),
        ({"filename": "a.png", "content_type": "text/html"}, False),
        ({"filename": "a.svg", "content_type": "image/svg+xml"}, False),
        ({"filename": "notes.txt"}, False),
    ],
)
def test_uploads(upload, counts):
    assert len(list(pictures_of(message([upload])))) == counts


@pytest.mark.parametrize(
    ("embed", "counts"),
    [
        (
            {
                "type": "image",
                "url": "https://x/a.png",
                "thumbnail": {"url": "https://x/a.png", "proxy_url": PROXIED},
            },
            1,
        ),
        ({"type": "article", "thumbnail": {"url": "https://x/a.png", "proxy_url": PROXIED}}, 0),
        ({"type": "rich", "image": {"url": "https://x/a.png", "proxy_url": PROXIED}}, 0),
        ({"type": "gifv", "thumbnail": {"url": "https://x/a.png", "proxy_url": PROXIED}}, 0),
        ({"type": "image", "url": "https://x/a.png"}, 0),
    ],
)
def test_links_count_only_where_they_lead_straight_to_a_picture(embed, counts):
    assert [p.url for p in pictures_of(message(embeds=[embed]))] == [PROXIED] * counts


def test_a_linked_picture_behind_bars_is_a_spoiler():
    embed = {"type": "image", "thumbnail": {"url": "https://x/a.png", "proxy_url": PROXIED}}
    (picture,) = pictures_of(message(embeds=[embed], content="||https://x/a.png||"))
    assert picture.spoiler


def test_an_upload_named_so_is_a_spoiler():
    (picture,) = pictures_of(message([{"filename": "SPOILER_a.png"}]))
    assert picture.spoiler


def test_a_forwarded_message_shows_what_it_forwards():
    inner = message([{"filename": "a.png"}])
    assert len(list(pictures_of(message(snapshots=[inner])))) == 1


def test_age_restriction_is_asked_of_channels_that_know_it():
    assert is_age_restricted(SimpleNamespace(is_nsfw=lambda: True))
    assert not is_age_restricted(SimpleNamespace(is_nsfw=lambda: False))
    assert not is_age_restricted(SimpleNamespace())


def test_emojis_are_told_apart_by_id_or_character():
    assert emoji_of(discord.PartialEmoji(name="calm", id=123456789012345678)) == "123456789012345678"
    assert emoji_of(discord.PartialEmoji(name="❤️")) == emoji_of("❤")
    assert emoji_of("👍🏽") == emoji_of("👍")
