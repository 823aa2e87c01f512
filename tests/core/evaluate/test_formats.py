"""Public datasets are read as they are distributed, here on small files of the same shape."""

import csv
from pathlib import Path

import pytest

from core.evaluate.dataset import load
from core.evaluate.formats import SCORED, Format
from core.evaluate.refusals import DatasetError, DatasetProblem, RowProblem


def pictures(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"not looked at here")


def table(path: Path, *rows: list[str], delimiter: str = ",", encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


PARA = [
    *("sessionId", "imageName", "userId", "aestheticScore", "qualityScore", "compositionScore", "colorScore"),
    *("dofScore", "contentScore", "lightScore", "isObjectEmphasis", "emotion", "difficultyOfJudgment"),
    *("contentPreference", "willingnessToShare", "semantic"),
]


def test_para_is_read_by_person_with_its_sessions_as_folders(tmp_path: Path) -> None:
    pictures(tmp_path / "imgs", "session1/iaa_pub1_.jpg", "session2/iaa_pub71_.jpg")
    scores = ["3.0", "3.1", "3", "3", "3", "4", "3", "0"]
    rows = [
        ["session1", "iaa_pub1_.jpg", "A1a0c", *scores, felt, "0", "3", "4", "scene"]
        for felt in ("awe", "neutral")
    ]
    rows[1][:3] = ["session2", "iaa_pub71_.jpg", "B2"]
    table(tmp_path / "annotation" / "PARA-Images.csv", PARA, *rows)
    data = load(tmp_path, layout=Format.PARA, strict=True)
    assert {user: [(s.image, dict(s.felt)) for s in kept] for user, kept in data.people.items()} == {
        "A1a0c": [("session1/iaa_pub1_.jpg", {"awe": 1.0})],
        "B2": [("session2/iaa_pub71_.jpg", {"neutral": 1.0})],
    }
    assert data.images == tmp_path / "imgs"
    assert data.label_set.names == ("awe", "neutral")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_wikiart_is_read_from_what_was_felt_about_pictures_without_a_title(tmp_path: Path, encoding: str) -> None:
    pictures(tmp_path / "images", "577280.jpg", "5772.png", "58.jpg", "59.jpg", "60.jpg")
    columns = ["worker", *["ImageOnly ID", "ImageOnly Emotions", "ImageOnly Other Emotions"] * 5]
    columns += ["TitleOnly ID", "TitleOnly Emotions", "TitleOnly Other Emotions"] * 5
    untitled = ["577280", "happiness, calmness, pleasure, or ecstasy\nlove or affection", ""]
    untitled += ["5772", "Other", "n", "58", "fear", "caf\u00e9", "59", "Other", "hunger", "60", "fear", "neutral"]
    table(
        tmp_path / "WikiArt-annotations.csv",
        columns,
        ["7", *untitled, *["577280", "anger", ""] * 5],
        encoding=encoding,
    )
    data = load(tmp_path, layout=Format.WIKIART, strict=True)
    assert {s.image: dict(s.felt) for s in data.people["7"]} == {
        "577280.jpg": {"happiness": 0.5, "love or affection": 0.5},
        "5772.png": {"neutral": 1.0},
        "58.jpg": {"fear": 1.0},
        "60.jpg": {"fear": 0.5, "neutral": 0.5},
    }


def test_findingemo_is_read_in_the_order_of_its_times(tmp_path: Path) -> None:
    pictures(tmp_path, "Run_1/Violent youth festival/1.jpg", "Run_2/Loving toddlers sports/haiti-kids.jpg")
    columns = [
        "index",
        "user",
        "image_path",
        "tags",
        "age",
        "valence",
        "arousal",
        "emotion",
        "dec_factors",
        "ambiguity",
        "datetime",
    ]
    late = [
        "0",
        "5fd9",
        "/Run_2/Loving toddlers sports/haiti-kids.jpg",
        "Undefined",
        "Children",
        "0",
        "2",
        "Trust",
    ]
    early = ["5", "5fd9", "/Run_1/Violent youth festival/1.jpg", "Undefined", "Adults", "2", "2", "Interest"]
    more = [["BodyLanguage,FacialExpression", "0", f"2023-09-0{day} 00:00:00.000000"] for day in (2, 1)]
    gone = ["6", "5fd9", "/Run_1/gone.jpg", *early[3:]]
    rows = (late + more[0], early + more[1], gone + more[1])
    table(tmp_path / "annotations_single.ann", columns, *rows)
    data = load(tmp_path, layout=Format.FINDINGEMO)
    assert [(s.image, dict(s.felt)) for s in data.people["5fd9"]] == [
        ("Run_1/Violent youth festival/1.jpg", {"Interest": 1.0}),
        ("Run_2/Loving toddlers sports/haiti-kids.jpg", {"Trust": 1.0}),
    ]
    assert [(p.line, p.reason) for p in data.problems] == [(4, RowProblem.NO_IMAGE)]


def test_evas_scores_become_thirds_of_each_persons_own(tmp_path: Path) -> None:
    pictures(tmp_path / "images", *[f"EVA_together/{n}.jpg" for n in range(6)])
    kind = [[str(n), "kind", str(5 + n), "3"] for n in range(6)]
    stern = [[str(n), "stern", str(n // 2), "3"] for n in range(6)]
    columns = ["image_id", "user_id", "score", "difficulty"]
    table(tmp_path / "data" / "votes_filtered.csv", columns, *kind, *stern, delimiter="=")
    data = load(tmp_path, layout=Format.EVA, strict=True)
    low, middle, high = SCORED
    for user in ("kind", "stern"):
        felt = [next(iter(s.felt)) for s in data.people[user]]
        assert felt == [low, low, middle, middle, high, high], user
    assert data.people["kind"][0].image == "EVA_together/0.jpg"


def test_scores_of_ones_own_dataset_are_read_the_same_way(tmp_path: Path) -> None:
    pictures(tmp_path / "images", "a.png", "b.png", "c.png", "d.png")
    rows = [["u", "a.png", "12,5"], ["u", "b.png", "80"], ["u", "c.png", "much"], ["u", "d.png", "44"]]
    table(tmp_path / "labels.csv", ["user", "image", "score"], *rows)
    data = load(tmp_path)
    assert [(s.image, next(iter(s.felt))) for s in data.people["u"]] == [
        ("a.png", SCORED[0]),
        ("b.png", SCORED[2]),
        ("d.png", SCORED[1]),
    ]
    assert [(p.line, p.reason, p.value) for p in data.problems] == [(4, RowProblem.SCORE, "much")]


def test_somebody_who_scores_everything_the_same_feels_neither(tmp_path: Path) -> None:
    pictures(tmp_path / "images", "a.png", "b.png", "c.png")
    rows = [["u", "a.png", "5"], ["u", "b.png", "5"], ["v", "a.png", "1"], ["v", "c.png", "2"]]
    table(tmp_path / "labels.csv", ["user", "image", "score"], *rows)
    felt = {user: [next(iter(s.felt)) for s in kept] for user, kept in load(tmp_path).people.items()}
    assert felt == {"u": [SCORED[1]] * 2, "v": [SCORED[0], SCORED[2]]}


@pytest.mark.parametrize("layout", Format)
def test_what_is_missing_is_named_as_this_dataset_calls_it(tmp_path: Path, layout: Format) -> None:
    with pytest.raises(DatasetError, match=DatasetProblem.NO_TABLE) as caught:
        load(tmp_path, layout=layout)
    assert caught.value.table in {"labels.csv", "annotation/PARA-Images.csv", "WikiArt-annotations.csv"} | {
        "annotations_single.ann",
        "data/votes_filtered.csv",
    }


@pytest.mark.parametrize("layout", [layout for layout in Format if layout is not Format.FOLDER])
def test_another_table_under_that_name_is_refused(tmp_path: Path, layout: Format) -> None:
    from core.evaluate.formats import LAYOUTS

    (tmp_path / LAYOUTS[layout].images).mkdir(exist_ok=True)
    table(tmp_path / LAYOUTS[layout].table, ["a", "b"], ["1", "2"])
    with pytest.raises(DatasetError, match=DatasetProblem.NO_COLUMN):
        load(tmp_path, layout=layout)
