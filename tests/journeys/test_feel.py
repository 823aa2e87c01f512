"""Asking "how would I feel?", with good pictures and bad ones, and rating by buttons."""

import httpx2
import pytest

from bot.words import no_answer, texts
from bot.words.problems import sentence
from core.decoding.turns import Turns
from core.ports import Shadow
from core.predicting.calibrate import MEMBERS
from core.vocabulary.calls import Failure
from core.vocabulary.errors import ImageError, ImageProblem
from core.vocabulary.images import MAX_INPUT_BYTES
from core.vocabulary.profile import ProfileKey
from tests.journeys.conftest import deploy, picture, text_of
from tests.labelling import felt
from tests.storage.made import image


async def test_feel_answers_an_uploaded_picture_for_this_person_only(world):
    result = await world.bob.slash(world.channel, "feel", image=("mine.png", picture()))
    assert result.ephemeral
    assert (
        "You would most likely feel" in text_of(result)
        or "torn between" in text_of(result)
        or "Hard to say" in text_of(result)
    )
    assert "no feelprint yet" in text_of(result)
    assert "/join" in text_of(result)
    assert world.channel.history() == []


async def test_feel_works_in_direct_messages(world):
    result = await world.bob.user.slash("feel", image=("mine.png", picture()))
    assert "no feelprint yet" in text_of(result)


async def test_the_menu_answers_for_the_picture_in_a_message(world):
    result = await world.bob.context_menu(world.channel, "How would I feel?", await world.post())
    assert result.ephemeral
    assert "no feelprint yet" in text_of(result)


async def test_asking_leaves_no_trace_of_the_asker(world):
    await world.bob.slash(world.channel, "feel", image=("mine.png", picture()))
    assert not await world.app.storage.answers.calls(owner=world.bob.id)
    assert await world.app.storage.labels.image((await world.app.images.normalise(picture())).hash) is None


async def test_a_picture_that_the_member_labelled_is_not_guessed(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.labels(world.bob)
    result = await world.bob.context_menu(world.channel, "How would I feel?", message)
    assert "You told me already: 😂 amusement" in text_of(result)


async def test_a_feelprint_answers_once_there_is_one(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, "When a picture shows red, this person tends to feel fear.")
    result = await world.bob.slash(world.channel, "feel", image=("mine.png", picture()))
    assert "By your feelprint, version 1" in text_of(result)


async def test_how_sure_it_sounds_is_said_beside_how_often_that_was_right(world):
    """Of many answers for several people: those as sure as this one were right three times in four."""
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, "When a picture shows red, this person tends to feel fear.")
    names = world.app.default_label_set

    async def asked():
        shown = await world.app.images.normalise(picture())
        said = text_of(await world.bob.slash(world.channel, "feel", image=("mine.png", picture())))
        return said, await world.app.predictor.predict(shown, world.bob.id, names)

    said, prediction = await asked()
    assert "as sure as this one" not in said
    for member in range(MEMBERS):
        pictures = [image(n) for n in range(24)]
        await felt(world.app.storage, member, [(one, "awe", n) for n, one in enumerate(pictures)])
        rows = [
            Shadow(1, one.hash, n, prediction.distribution, float(n % 4 > 0), 0.0)
            for n, one in enumerate(pictures)
        ]
        await world.app.storage.shadows.put(ProfileKey(member, names.id), rows)
    world.app.predictor.calibration.forget()
    said, prediction = await asked()
    assert prediction.right == 0.75
    assert "Answers as sure as this one were right about 8 times in 10." in said


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("broken.png", picture()[:50]),
        ("words.png", b"certainly no picture"),
        ("empty.png", b""),
        ("notes.txt", b"certainly no picture"),
        ("drawing.svg", b"<svg/>"),
    ],
)
async def test_a_bad_file_gets_a_kind_sentence(world, name, data):
    said = text_of(await world.bob.slash(world.channel, "feel", image=(name, data)))
    assert said
    assert "incident" not in said
    assert "went wrong" not in said
    assert said.endswith(".")


async def test_a_file_that_is_too_big_is_not_even_downloaded(world, monkeypatch):
    async def never(url):
        raise AssertionError(url)

    monkeypatch.setattr(world.app.client.http, "get_from_cdn", never)
    result = await world.bob.slash(world.channel, "feel", image=("huge.png", bytes(MAX_INPUT_BYTES + 1)))
    assert "too big" in text_of(result)


async def test_a_message_without_a_picture_gets_a_kind_sentence(world):
    message = await world.alice.send(world.channel, "only words")
    for menu in ("How would I feel?", "Rate this image"):
        await world.join(world.bob)
        assert text_of(await world.bob.context_menu(world.channel, menu, message)) == texts.no_picture()


async def test_a_spoiler_is_left_alone(world):
    message = await world.post(name="SPOILER_a.png")
    said = text_of(await world.bob.context_menu(world.channel, "How would I feel?", message))
    assert said == texts.hidden_picture()


async def test_of_several_pictures_the_member_says_which(world):
    await world.join(world.bob)
    message = await world.alice.send(world.channel, attachments=[("a.png", picture(1)), ("b.png", picture(250))])
    asked = await world.bob.context_menu(world.channel, "How would I feel?", message)
    assert text_of(asked) == texts.which_picture()
    answer = await world.bob.select(asked.response, ["1"])
    assert "no feelprint yet" in text_of(answer)

    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.select(asked.response, ["1"])
    await world.bob.click(asked.response, label="awe")
    assert await world.labels(world.bob) == [{"awe"}]
    (label,) = await world.app.storage.labels.labels(ProfileKey(world.bob.id, world.app.default_label_set.id))
    assert label.image_hash == (await world.app.images.normalise(picture(250))).hash


async def test_rating_by_buttons_adds_takes_back_and_shows_what_stands(world):
    await world.join(world.bob)
    asked = await world.bob.context_menu(world.channel, "Rate this image", await world.post())
    await world.bob.click(asked.response, label="awe")
    await world.bob.click(asked.response, label="fear")
    assert await world.labels(world.bob) == [{"awe", "fear"}]
    assert "Noted: awe and fear." in text_of(asked)
    await world.bob.click(asked.response, label="awe")
    await world.bob.click(asked.response, label="fear")
    assert await world.labels(world.bob) == []
    assert texts.rating_gone() in text_of(asked)


async def test_rating_needs_joining_and_offers_it(world):
    asked = await world.bob.slash(world.channel, "rate", image=("a.png", picture()))
    assert text_of(asked) == texts.join_first()
    await world.bob.click(asked.response, label="Join")
    assert world.app.roster.joined(world.bob.id)


async def test_rating_after_forgetting_keeps_nothing(world):
    await world.join(world.bob)
    asked = await world.bob.slash(world.channel, "rate", image=("a.png", picture()))
    await world.app.forget(world.bob.id)
    await world.bob.click(asked.response, label="awe")
    assert texts.not_joined() in text_of(asked)
    assert await world.labels(world.bob) == []


async def test_asking_too_often_is_refused_kindly(world):
    for _ in range(world.app.settings.feel_per_minute):
        await world.bob.slash(world.channel, "feel", image=("a.txt", b"x"))
    said = text_of(await world.bob.slash(world.channel, "feel", image=("a.txt", b"x")))
    assert "you can ask again in" in said


async def test_a_fault_of_ours_becomes_a_number_to_quote_and_one_answer(world, monkeypatch):
    async def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(world.app.predictor, "predict", broken)
    result = await world.bob.slash(world.channel, "feel", image=("a.png", picture()))
    assert "went wrong on my side" in text_of(result)
    assert "secret" not in text_of(result)
    assert result.followups == []
    assert [type(e.original) for e in world.env.errors] == [RuntimeError]


async def test_a_model_that_is_away_is_said_so(world):
    await world.app.gateway.aclose()
    result = await world.bob.slash(world.channel, "feel", image=("a.png", picture()))
    assert text_of(result) == no_answer.sentence(Failure.UNAVAILABLE)


async def test_what_the_model_is_sent_names_nobody(world, monkeypatch):
    sent, send = [], httpx2.AsyncClient.send

    async def record(self, request, **more):
        sent.append(request.url.path + request.content.decode() + str(request.headers))
        return await send(self, request, **more)

    monkeypatch.setattr(httpx2.AsyncClient, "send", record)
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, "When a picture shows red, this person tends to feel fear.")
    await world.bob.slash(world.channel, "feel", image=("secret-name.png", picture()))
    assert sent
    for request in sent:
        for name in (str(world.bob.id), "bob", str(world.guild.id), str(world.channel.id), "secret-name"):
            assert name not in request


async def test_a_question_too_many_is_told_and_not_left_waiting(world):
    world.app.questions = Turns(1, everybody=0)
    said = text_of(await world.bob.slash(world.channel, "feel", image=("a.png", picture())))
    assert said == sentence(ImageError(ImageProblem.BUSY))
