"""Problems in words: every reason that exists has its sentence, in every language, with all its details."""

import pickle
from collections.abc import Iterator
from enum import StrEnum
from typing import get_type_hints

import pytest

import bot.errors  # noqa: F401 - every error that there is
from bot.errors import SettingFault, SettingsError, SettingsProblem, WrongSetting
from bot.words import language
from bot.words.evaluation import left_out
from bot.words.findings import model_sees
from bot.words.outcomes import run_reason
from bot.words.problem_texts import FILE_KINDS, SENTENCES
from bot.words.problems import bad_row, sentence
from core.evaluate.refusals import BadRow, DatasetError, DatasetProblem, RowProblem, UnusedImage, UnusedUser
from core.vocabulary.calls import Failure
from core.vocabulary.errors import (
    FeelprintError,
    FileKind,
    ImageError,
    ImageProblem,
    LabelSetError,
    LabelSetProblem,
    ModelError,
    ModelProblem,
)
from core.vocabulary.explanation import Stop
from core.vocabulary.reasons import Adjusted, RunReason
from storage.database.failures import DiskFull


def kinds(of: type[FeelprintError] = FeelprintError) -> Iterator[type[FeelprintError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def reasons(kind: type[FeelprintError]) -> type[StrEnum]:
    return get_type_hints(kind.__init__)["reason"]


EVERY = [(kind, reason) for kind in kinds() for reason in reasons(kind)]


def test_the_kinds_of_error_are_found():
    assert {DiskFull, ImageError, DatasetError, SettingsError} <= {kind for kind, _ in EVERY}
    assert len(EVERY) > 80


@pytest.mark.parametrize("spoken", sorted(language.languages()))
@pytest.mark.parametrize(("kind", "reason"), EVERY)
def test_every_reason_has_its_sentence(kind, reason, spoken):
    with language.speaking(spoken):
        said = sentence(kind(reason))
    if reason not in (SettingsProblem.WRONG, DatasetProblem.BAD_ROW):  # these only hold others
        assert said.rstrip().endswith((".", "?", ":", ")", "。", "？", "：", "）")), said
        assert "{" not in said


@pytest.mark.parametrize(("kind", "reason"), EVERY)
def test_an_error_comes_whole_out_of_another_process(kind, reason):
    error = kind(reason)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again)) == (kind, vars(error))
    assert again.reason is reason


@pytest.mark.parametrize("kind", RowProblem)
def test_a_bad_row_is_said_with_its_line(kind):
    assert bad_row(BadRow(3, kind, "x", ("user",)), "votes.csv").startswith("votes.csv, line 3: ")


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_of_file_is_named(kind):
    assert FILE_KINDS[kind] in sentence(ImageError(ImageProblem.UNSUPPORTED, kind=kind))


@pytest.mark.parametrize("failure", Failure)
def test_an_evaluation_that_was_stopped_says_how_to_go_on(failure):
    said = sentence(ModelError(ModelProblem.INTERRUPTED, failure=failure))
    assert said.endswith("Run the same command again later: what was answered is kept and not paid twice.")


def test_details_stand_in_their_sentences():
    wrong = LabelSetError(LabelSetProblem.NOT_A_WORD, names=["a-", "2b"])
    assert sentence(DatasetError(DatasetProblem.NO_LABEL_SET, label_set=wrong)) == (
        "The emotions do not make a label set: Not a short plain word: a-, 2b."
    )
    assert sentence(DatasetError(DatasetProblem.NO_COLUMN, names=["user"])) == "labels.csv lacks the column user."
    assert "the columns user, image." in sentence(DatasetError(DatasetProblem.NO_COLUMN, names=["user", "image"]))
    row = BadRow(7, RowProblem.EMPTY, names=("user", "image"))
    assert sentence(DatasetError(DatasetProblem.BAD_ROW, row=row)) == "labels.csv, line 7: user, image is empty"
    assert "8 MB" in sentence(ImageError(ImageProblem.TOO_BIG, limit_mb=8))
    late = ModelError(ModelProblem.LATE, host="h", seconds=0.3)
    assert "0.3 seconds" in sentence(late)
    said = sentence(ModelError(ModelProblem.FORMLESS, model="m", variable="FEELPRINT_MODEL", said="no"))
    assert said.endswith("set FEELPRINT_MODEL to another one. What it said: “no”")


def test_settings_that_do_not_work_are_a_line_each():
    wrong = [
        WrongSetting("FEELPRINT_CONCURRENCY", SettingFault.VALUE, value="many"),
        WrongSetting("DISCORD_TOKEN", SettingFault.SECRET),
        WrongSetting("FEELPRINT_X", SettingFault.UNKNOWN),
        WrongSetting("FEELPRINT_MODLE", SettingFault.MISSPELT, meant="FEELPRINT_MODEL"),
    ]
    assert sentence(SettingsError(SettingsProblem.WRONG, wrong=wrong)).splitlines() == [
        "FEELPRINT_CONCURRENCY is “many”, which does not work: "
        "it takes how many model calls may run at once, 1 to 64.",
        "DISCORD_TOKEN: it takes the bot token of the Discord developer portal.",
        "FEELPRINT_X is not a setting.",
        "FEELPRINT_MODLE is not a setting; did you mean FEELPRINT_MODEL?",
    ]


def test_what_an_evaluation_leaves_out_is_named():
    unread = UnusedImage("3.png", ImageError(ImageProblem.UNREADABLE))
    assert left_out(unread) == ("Left out: 3.png: This picture could not be read; please send another one.")
    assert left_out(UnusedUser("cyd", 8, 1, 2)) == (
        "Left out: cyd at n=8: only 1 label to learn from, 2 to test on"
    )


def test_what_is_asked_differently_of_a_server_is_told():
    plain = "m sees pictures and answers in the form that is needed."
    assert model_sees("m", []) == plain
    assert all(model_sees("m", [note]).startswith(f"{plain} The ") for note in Adjusted)


def test_no_sentence_is_for_a_reason_that_does_not_exist():
    for kind, sentences in SENTENCES.items():
        assert set(sentences) == set(kind)


def test_a_run_that_could_not_look_is_told_as_one_that_could_not():
    away = run_reason(RunReason.UNAVAILABLE, Stop(Failure.UNAVAILABLE, 1, 0))
    assert away == run_reason(RunReason.UNAVAILABLE)
    told = {failure: run_reason(RunReason.UNAVAILABLE, Stop(failure, 1, 0)) for failure in Failure}
    assert [failure for failure, words in told.items() if words == away] == [Failure.UNAVAILABLE]
    assert all("Nothing is lost" in words for words in told.values())
    different = {Failure.RATE_LIMITED, Failure.UNAVAILABLE, Failure.QUOTA, Failure.REJECTED, Failure.REFUSED}
    assert len({told[failure] for failure in different}) == len(different)
