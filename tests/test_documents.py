"""What the documents promise of the code, and the code of the documents: links, tests, exit codes, subcommands."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import core.evaluate.dataset  # its error has an exit code of its own
from bot.operations.cli import cli
from core.vocabulary.errors import FeelprintError

ROOT = Path(__file__).parents[1]
SKIPPED = {".venv", ".git", "build", "demo-report", "data", "node_modules"}
README = (ROOT / "README.md").read_text()


def files(*suffixes: str) -> list[Path]:
    """Every file of ours with one of these endings."""
    return sorted(
        path
        for path in ROOT.rglob("*")
        if path.suffix in suffixes and not SKIPPED.intersection(path.relative_to(ROOT).parts)
    )


def anchors(document: Path) -> set[str]:
    """What a link into a document may name: its headings as GitHub writes them, and the places that are named."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"<[^>]+>|[`*]", "", heading).strip().lower()
        named.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return named


def leads_somewhere(target: str, start: Path) -> bool:
    """Whether a relative link, with or without an anchor, leads to a file (and place) that is there."""
    path, _, anchor = target.partition("#")
    document = (start / path).resolve()
    return document.exists() and (not anchor or anchor in anchors(document))


def links() -> Iterator[tuple[Path, str]]:
    for document in files(".md"):
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
            if "://" not in target:
                yield document, target if not target.startswith("#") else document.name + target


def test_every_link_in_a_document_leads_somewhere() -> None:
    found = list(links())
    assert found
    assert [(str(d), t) for d, t in found if not leads_somewhere(t, d.parent)] == []


def test_every_citation_in_the_code_leads_somewhere() -> None:
    cited = [
        (str(path.relative_to(ROOT)), target)
        for path in files(".py", ".toml", ".md", ".yml", ".yaml")
        for target in re.findall(r"(?<![\w/.])docs/[\w/-]+\.md(?:#[\w-]+)?", path.read_text())
    ]
    assert len(cited) > 10
    assert [(path, target) for path, target in cited if not leads_somewhere(target, ROOT)] == []


def test_nothing_is_cited_that_is_not_here() -> None:
    elsewhere = re.compile(r"\balgorithm \d|platform facts?, point|design\.md|faults\.md")
    here = Path(__file__)
    assert [str(p) for p in files(".py", ".toml", ".md") if p != here and elsewhere.search(p.read_text())] == []


def test_every_test_that_a_document_names_is_there() -> None:
    named = [
        (path, name)
        for document in files(".md")
        for path, name in re.findall(r"(tests/[\w/]+\.py)::(?:Test\w+::)?(\w+)", document.read_text())
    ]
    assert len(named) > 50
    there = {path: (ROOT / path).read_text() for path, _ in named if (ROOT / path).exists()}
    assert [(path, name) for path, name in named if not re.search(rf"def {name}\(", there.get(path, ""))] == []


def test_two_instances_at_least_of_each_kind_that_broke_are_named() -> None:
    table = (ROOT / "docs" / "kinds.md").read_text().split("\n## ")[1]
    kinds, kind = Counter[str](), ""
    for named, *_ in re.findall(r"^\| (.*?) ?\| (.+) \| `tests/", table, re.M):
        kind = named or kind
        kinds[kind] += 1
    assert len(kinds) == 15
    assert min(kinds.values()) >= 2


def every_kind(error: type[FeelprintError]) -> Iterator[type[FeelprintError]]:
    yield error
    for kind in error.__subclasses__():
        yield from every_kind(kind)


def test_the_readme_names_every_exit_code() -> None:
    assert core.evaluate.dataset
    told = README[README.index("Exit codes:") :].split("\n\n")[0]
    known = {kind.exit_code for kind in every_kind(FeelprintError)} | {0, 130}
    assert {int(code) for code in re.findall(r"\b(\d+) ", told)} == known


def test_the_readme_names_every_subcommand() -> None:
    known = set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined]
    assert {name for name in re.findall(r"feelprint ([a-z]+)\b", README) if name in known} == known


def test_every_command_in_a_document_is_one_with_the_options_that_it_has() -> None:
    commands: dict[str, Any] = typer.main.get_command(cli).commands  # type: ignore[attr-defined]
    has = {name: {o for p in one.params for o in (*p.opts, *p.secondary_opts)} for name, one in commands.items()}
    said = [
        (document.name, name, set(re.findall(r" (--[a-z-]+)", rest)))
        for document in files(".md")
        for name, rest in re.findall(
            r"(?:(?<![/\w.=-])(?<!exec )|bin/)feelprint ([a-z]+)([^\n#]*)", _code_of(document)
        )
    ]
    assert len(said) > 50
    assert [one for one in said if one[1] not in has or one[2] - has[one[1]] - {"--help"}] == []


def _code_of(document: Path) -> str:
    """What is to be typed: blocks and spans of code."""
    text = document.read_text()
    spans = re.findall(r"(?<!`)`([^`]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*re.findall(r"^```(?:sh|ini)\n(.*?)^```", text, re.MULTILINE | re.DOTALL), *spans])


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "PRIVACY.md"])
def test_what_a_stranger_looks_for_is_here(name: str) -> None:
    assert (ROOT / name).is_file()
