from core.vocabulary.explanation import Explanation
from storage import Storage
from storage.schema.explanations import explanation_out
from tests.contracts.tuned import ANN, run
from tests.storage.made import T0, key


async def test_a_run_that_says_nothing_takes_no_room_and_is_read_as_it_was(storage: Storage) -> None:
    assert explanation_out(Explanation()) == {}
    assert explanation_out(Explanation(composed=())) == {"composed": []}
    await storage.members.join(ANN, 1, T0)
    silent = run(ANN, 8)
    assert await storage.runs.finish(silent)
    assert await storage.runs.last(key(ANN)) == silent
