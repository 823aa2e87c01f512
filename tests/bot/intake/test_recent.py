"""What is kept at hand: bounded in messages and in bytes, the longest unused first to go."""

from bot.intake.recent import Recent, Seen
from core.vocabulary.changes import Sighting
from core.vocabulary.images import Image


def seen(message_id, picture=None, size=10):
    image_hash = f"{message_id if picture is None else picture:064x}"
    return Seen(
        Sighting(message_id, 2, 1, image_hash, 1, f"file{message_id}"), Image(image_hash, bytes(size), 1, 1)
    )


def kept(recent, numbers):
    return [n for n in numbers if recent.get(n)]


def test_messages_are_bounded_and_the_longest_unused_goes_first():
    recent = Recent(messages=3)
    for n in (1, 2, 3):
        recent.keep(seen(n))
    recent.get(1)
    recent.keep(seen(4))
    assert kept(recent, range(1, 5)) == [1, 3, 4]


def test_pictures_are_bounded_in_bytes_and_the_longest_unused_goes_first():
    recent = Recent(room=35)
    for n in (1, 2, 3):
        recent.keep(seen(n))
    recent.get(1)
    recent.keep(seen(4))
    assert kept(recent, range(1, 5)) == [1, 3, 4]
    recent.keep(seen(5, size=36))
    assert kept(recent, range(1, 6)) == []


def test_one_picture_in_many_messages_takes_its_room_once():
    recent = Recent(room=10)
    for n in range(1, 100):
        recent.keep(seen(n, picture=7))
    assert kept(recent, range(1, 100)) == list(range(1, 100))


def test_a_picture_goes_with_its_message_and_gives_its_room_back():
    recent = Recent(room=20)
    for turn in range(10):
        recent.keep(seen(1))
        recent.keep(seen(2))
        recent.drop(lambda sighting: sighting.message_id == 1)
        assert kept(recent, (1, 2)) == [2], turn
    recent.drop_message(2, unless=("file2",))
    assert kept(recent, (2,)) == [2]
    recent.drop_message(2, unless=("file3",))
    recent.clear()
    recent.keep(seen(3, size=20))
    assert kept(recent, (2, 3)) == [3]
