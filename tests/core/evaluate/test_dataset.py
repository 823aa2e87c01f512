"""Reading a researcher's dataset with care."""

import pytest

from core.evaluate.dataset import load
from core.evaluate.refusals import DatasetError, DatasetProblem, RowProblem
from core.vocabulary.emotions import MIKELS


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / "images" / name).write_bytes(b"not looked at here")
    return tmp_path


def write(folder, text, emotions=None):
    (folder / "labels.csv").write_text(text, encoding="utf-8")
    if emotions:
        (folder / "emotions.txt").write_text(emotions, encoding="utf-8")
    return folder


def test_several_rows_for_one_image_are_several_emotions_shared_by_weight(folder):
    data = load(write(folder, "user,image,emotion,weight\nu,a.png,awe,3\nu,a.png,fear,1\n"))
    assert data.people["u"][0].felt == {"awe": 0.75, "fear": 0.25}
    assert data.label_set is MIKELS


def test_rows_are_in_time_order_and_in_file_order_where_there_is_no_time(folder):
    data = load(write(folder, "user,image,emotion,time\nu,a.png,awe,2026-03-01\nu,b.png,awe,2026-01-01\n"))
    assert [s.image for s in data.people["u"]] == ["b.png", "a.png"]
    data = load(write(folder, "user,image,emotion\nu,c.png,awe\nu,a.png,awe\n"))
    assert [s.image for s in data.people["u"]] == ["c.png", "a.png"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("u,nowhere.png,awe,,,", RowProblem.NO_IMAGE),
        ("u,../labels.csv,awe,,,", RowProblem.OUTSIDE),
        (",a.png,awe,,,", RowProblem.EMPTY),
        ("u,a.png,joy,,,", RowProblem.EMOTION),
        ("u,a.png,awe,-1,,", RowProblem.WEIGHT),
        ("u,a.png,awe,nan,,", RowProblem.WEIGHT),
        ("u,a.png,awe,,yesterday,", RowProblem.TIME),
        ("u,a.png,awe,,,both", RowProblem.SPLIT),
        ("u,a.png", RowProblem.EMPTY),
    ],
)
def test_a_bad_row_is_listed_with_its_line_and_strict_stops_on_it(folder, row, why):
    text = f"user,image,emotion,weight,time,split\nu,b.png,fear,,,\n{row}\nu,c.png,awe,,,\n"
    data = load(write(folder, text, "awe\nfear\n"))
    assert [(p.line, p.reason) for p in data.problems] == [(3, why)]
    assert [s.image for s in data.people["u"]] == ["b.png", "c.png"]
    with pytest.raises(DatasetError) as caught:
        load(folder, strict=True)
    assert caught.value.row == data.problems[0]


def test_an_image_on_both_sides_is_a_test_image(folder):
    data = load(write(folder, "user,image,emotion,split\nu,a.png,awe,train\nu,a.png,fear,test\n"))
    assert data.people["u"][0].split == "test"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("image,emotion\n", DatasetProblem.NO_COLUMN),
        ("user,image,emotion\n", DatasetProblem.NO_ROW),
        ("\xff\xfe", DatasetProblem.NO_COLUMN),
    ],
)
def test_a_table_without_use_is_refused(folder, text, why):
    with pytest.raises(DatasetError, match=why):
        load(write(folder, text))


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=DatasetProblem.NO_TABLE):
        load(tmp_path / "nothing")


def test_emotions_txt_orders_the_label_set_and_mikels_emojis_stay(folder):
    data = load(write(folder, "user,image,emotion\nu,a.png,awe\n", "fear\nawe\nboredom\n"))
    assert data.label_set.names == ("fear", "awe", "boredom")
    assert data.label_set.emoji_of("awe") == "😮"


TABLES = {
    "semicolons": "user;image;emotion;weight\nu;a.png;awe;0,5\n",
    "tabs": "user\timage\temotion\tweight\nu\ta.png\tawe\t0.5\n",
    "blanks and capitals": "User , Image, Emotion ,WEIGHT\n u , a.png , Awe , 0.5 \n",
    "a mark in front": "\ufeffuser,image,emotion,weight\nu,a.png,awe,0.5\n",
    "the folder in front": "user,image,emotion,weight\nu,images/a.png,awe,0.5\n",
    "the strokes of Windows": "user,image,emotion,weight\nu,.\\images\\a.png,awe,0.5\n",
    "empty lines": "user,image,emotion,weight\n\n,,,\nu,a.png,awe,0.5\n\n",
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_table_is_read_however_it_is_written(folder, name, encoding):
    (folder / "labels.csv").write_text(TABLES[name], encoding=encoding)
    data = load(folder, strict=True)
    assert (data.people["u"][0].image, data.people["u"][0].felt) == ("a.png", {"awe": 1.0})
    assert data.label_set is MIKELS


def test_a_folder_in_images_that_is_called_images_is_meant_where_it_is_there(folder):
    (folder / "images" / "images").mkdir()
    (folder / "images" / "images" / "a.png").write_bytes(b"another")
    data = load(write(folder, "user,image,emotion\nu,images/a.png,awe\n"))
    assert data.people["u"][0].image == "images/a.png"


@pytest.mark.parametrize("image", ["../labels.csv", "images/../../labels.csv", "..\\labels.csv"])
def test_no_name_leads_out_of_the_folder(folder, image):
    with pytest.raises(DatasetError):
        load(write(folder, f"user,image,emotion\nu,{image},awe\n"))


def test_an_emotion_is_one_however_it_is_written(folder):
    rows = "user,image,emotion\nu,a.png,Doubt/Confusion\nu,b.png,doubt/confusion\n"
    rows += "u,c.png,ge\u0302ne\nv,a.png,g\u00eane\n"
    assert load(write(folder, rows)).label_set.names == ("Doubt/Confusion", "g\u00eane")
    data = load(write(folder, "user,image,emotion\nu,a.png,JOY\nu,b.png,calm\n", emotions="joy\nCalm\n"))
    assert data.label_set.names == ("joy", "Calm")
    assert [set(s.felt) for s in data.people["u"]] == [{"joy"}, {"Calm"}]


@pytest.mark.parametrize("count", [26, 28, 32])
def test_public_sets_of_emotions_are_read(folder, count):
    names = [f"feeling {chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(count)]
    data = load(write(folder, "user,image,emotion\n" + "".join(f"u,a.png,{name}\n" for name in names)))
    assert data.label_set.names == tuple(names)
