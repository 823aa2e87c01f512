"""A member's whole life with the bot, so that every table has rows about them."""

from collections.abc import Iterable

from core.ports import About, Caps, Game, NewAnswer, Purchase, RunReport, Shadow
from core.vocabulary.calls import Payer, Usage
from core.vocabulary.comparison import Snapshot
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Past, Yes, YesTo
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.explanation import Explanation, Wording
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord
from core.vocabulary.images import reference_of
from core.vocabulary.reasons import Mode, RuleStatus, RunReason, RunResult
from storage import Storage
from storage.schema.queries import add
from storage.schema.tables import guesses
from tests.storage.made import SET, T0, hash_of, key, rated, reacted

FEELINGS = ("awe", "fear", "amusement", "sadness")


def rule(n: int, mark: str = "") -> Rule:
    return Rule(f"there is {mark} {n}", "fear", f"When there is {mark} {n}, this person tends to feel fear.")


def feelprint(member: int, version: int, *, at: int, mark: str = "", run: str = "run") -> Feelprint:
    rules = (rule(version, mark),)
    return Feelprint(member, SET, version, Mode.RULES, rules, "", at, 4, run, Evidence(3, 2.0, 0.5))


async def answer(
    storage: Storage, name: str, text: str, *, owner: int | None, about: str | None = None, by: int | None = None
) -> None:
    """One paid answer, caused by its owner or `by` somebody."""
    purchase = Purchase(T0, "predict", owner, "m", 0.01, Payer(owner or by))
    reservation = await storage.answers.reserve(purchase, Caps())
    assert reservation is not None
    usage = Usage(100, 10, 0.005)
    kept = NewAnswer(name, text, about, owner)
    await storage.answers.settle(reservation, outcome="answer", usage=usage, answer=kept)


async def _play(storage: Storage, member: int, picture: int) -> None:
    """A game about the member, and a row as of a guess of theirs."""
    await storage.yeses.say(Yes(member, member, EVERYBODY, YesTo.GAME), T0)
    about = About(member, SET, hash_of(picture), 50, 1000 * member + picture)
    await storage.games.begin(Game(member, T0, 50, T0 + 10**12, about), T0)
    guess = {"server_id": member, "week": T0, "member_id": member, "emotion": "awe"}
    await storage._database.write(lambda connection: add(connection, guesses, [guess]))


async def live(storage: Storage, member: int, pictures: Iterable[int], mark: str = "") -> None:
    """Join, label pictures, tune, be shadowed, ask: all with `mark` in every free text."""
    shown = list(pictures)
    await storage.members.join(member, 1, T0)
    await storage.labels.apply(
        [
            reacted(member, 1000 * member + n, FEELINGS[n % 4], picture=n, at=n, server=member, channel=member)
            for n in shown
        ]
    )
    await storage.labels.apply([rated(member, shown[0], "anger", at=500)])
    await storage.exclusions.put([Exclusion(member, By.AUTHOR, What.AUTHOR, str(member), member, False, 5)])
    await storage.members.answer_past(Past(member, member, False, 5), T0)
    await storage.own_moods.make(member, f"evening {mark}".strip(), T0)
    for to in YesTo:
        await storage.yeses.say(Yes(member, ANYWHERE, 31, to), T0)
    await _play(storage, member, shown[1])
    stood = frozenset({(member, "😮", False)})
    await storage.walks.looked([Snapshot(1000 * member, member, 1, 0, {}, stood)])
    run = RunReport(f"run-{member}-{mark}", member, SET, Mode.RULES, 7, len(shown), T0 + 400)
    await storage.runs.start(run)
    told = Explanation(wordings=(Wording(f"A text of {mark}.", 1.0, 2),))
    done = RunReport(
        run.run_id,
        member,
        SET,
        Mode.RULES,
        7,
        len(shown),
        T0 + 400,
        T0 + 450,
        RunResult.DEPLOYED,
        RunReason.FOUND,
        told,
    )
    record = RuleRecord(
        rule(1, mark), RuleStatus.DEPLOYED, Evidence(2, 1.0, 0.0), held_on=(reference_of(hash_of(shown[0])),)
    )
    version = feelprint(member, 1, at=T0 + 450, mark=mark, run=run.run_id)
    assert await storage.runs.finish(done, rules=[record], deploy=version)
    shadow = Shadow(1, hash_of(shown[1]), T0 + 460, (0.25,) * 4, 1.0, 0.0, {record.rule.id: 1.0})
    await storage.shadows.put(key(member), [shadow])
    await answer(storage, f"own-{member}-{mark}", f"reason {mark}", owner=member, about=hash_of(shown[0]))
    for n in shown:
        await answer(storage, f"shared-{n}-{member}", f"caption of {mark} {n}", owner=None, about=hash_of(n))
