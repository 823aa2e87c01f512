"""The runner itself: it tells a mistake that a test sees from one that none does, and leaves the tree alone."""

from pathlib import Path

import pytest

from tests.bench.mutation.trying import ROOT, Tree

MODULE = "core/collecting/turns.py"


@pytest.mark.bench
def test_a_mistake_that_a_test_reaches_is_seen_and_one_that_none_reaches_has_no_test(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    tree, before = Tree(tmp_path), (ROOT / MODULE).read_text()
    tree.look(["tests/core/collecting/test_turns.py"])
    reached = [mutant for mutant in tree.mutants(MODULE) if tree.tests_of(mutant, 10)]
    wrong = next(mutant for mutant in reached if "`return None`" in str(mutant))
    assert tree.kills(wrong, tree.tests_of(wrong, 10))
    same = wrong.__class__(wrong.path, wrong.lines, wrong.statement, "nothing", before)
    assert not tree.kills(same, tree.tests_of(same, 10))
    assert all(not tree.tests_of(mutant, 10) for mutant in tree.mutants("core/collecting/allowance.py"))
    assert (tmp_path / "tree" / MODULE).read_text() == before == (ROOT / MODULE).read_text()
