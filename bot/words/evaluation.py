"""What `feelprint evaluate` and `feelprint rates` say: before, meanwhile, in the table, on the chart."""

from bot.words.amounts import exactly, money, number
from bot.words.language import gettext as _
from bot.words.language import ngettext
from bot.words.problems import bad_row, sentence
from core.evaluate.meter import Spent
from core.evaluate.refusals import BadRow, UnusedImage, UnusedUser


def row_left_out(row: BadRow, table: str) -> str:
    """A row of a dataset's table that is not used."""
    return _("{problem}; left out.").format(problem=bad_row(row, table))


def reckoned(questions: int, usd: float, cap: float | None) -> str:
    """What the whole can take at most, and whether a day's cap (US dollars) may end it before."""
    cost = _(", about {money} if none is known yet").format(money=money(usd)) if usd else ""
    most = ngettext("At most {number} question{cost}.", "At most {number} questions{cost}.", questions)
    again = _("What was answered before is not asked again.")
    said = f"{most.format(number=exactly(questions, 0), cost=cost)} {again}"
    if cap is None or usd <= cap:
        return said
    capped = _("It stops at {money} a day (FEELPRINT_USD_PER_DAY), and goes on when it is run again.")
    return f"{said} {capped.format(money=money(cap))}"


def spent(so_far: Spent, sent: int, usd: float) -> str:
    """What was spent so far, beside the bar: requests and dollars as the ledger has them, read or not."""
    calls = ngettext("{number} call sent", "{number} calls sent", sent)
    return _("{calls}, {tokens}k tokens, {money}, {failures} failed").format(
        calls=calls.format(number=sent),
        tokens=exactly((so_far.prompt_tokens + so_far.completion_tokens) / 1000, 0),
        money=money(usd),
        failures=so_far.failures,
    )


def left_out(left: UnusedImage | UnusedUser) -> str:
    """A picture or a user that the evaluation goes without."""
    if isinstance(left, UnusedImage):
        return _("Left out: {name}: {problem}").format(name=left.name, problem=sentence(left.error))
    learn = ngettext("only {number} label to learn from", "only {number} labels to learn from", left.to_learn)
    return _("Left out: {user} at n={n}: {learn}, {test} to test on").format(
        user=left.user, n=left.n_train, learn=learn.format(number=left.to_learn), test=left.to_test
    )


def failed(questions: int) -> str:
    """Questions without an answer."""
    return ngettext(
        "{number} question failed; it cost its picture, and is counted.",
        "{number} questions failed; each cost its picture, and is counted.",
        questions,
    ).format(number=questions)


def written(folder: str, model: str) -> str:
    """Where the results are."""
    return _("Written to {folder}: results.json, results.png. Answers by the {model}.").format(
        folder=folder, model=model
    )


def offline_model() -> str:
    """How the offline model is called among the others."""
    return _("offline model")


def table_title() -> str:
    """Above the table."""
    return _("On pictures that nobody's tuning saw")


def table_columns(*, replay: bool) -> tuple[str, ...]:
    """The heads of the columns, in order; narrow, so that the table fits 80 columns."""
    lived = (_("came"), _("vers.")) if replay else ()
    return (
        _("n"),
        _("method"),
        _("right %"),
        _("gain (95 %)"),
        _("worse"),
        _(">1 pt"),
        _("chance"),
        *lived,
        _("calls"),
    )


def table_caption(*, replay: bool) -> str:
    """What the heads mean."""
    said = _(
        "n: labels to learn from. gain: points over the generic prompt on the same pictures. worse: share of "
        "people below it, and by more than a point; chance: the same for the generic prompt in other words. "
        "calls: on pictures and descriptions + to the writer, per person, while learning; the cap is the same "
        "for all methods."
    )
    lived = _(
        "came: the gain on the labels themselves, each predicted before it was learned from. vers.: versions per "
        "person, and how many were withdrawn. What was replayed spends what the bot would, after-care included."
    )
    return f"{said} {lived}" if replay else said


def rates_title() -> str:
    """Above the table of `feelprint rates`."""
    return _("Where a rule speaks, on labels that its writers had not all seen")


def rates_columns() -> tuple[str, ...]:
    """The heads of its columns, in order."""
    return (_("rules"), _("number"), _("places"), _("rule right"), _("most people right"), _("neither"))


def rates_rows() -> tuple[str, str]:
    """Its two lines: rules that a version had, and those that none had."""
    return _("used"), _("never used")


def rates_written(path: str, model: str) -> str:
    """Where the rates are, and whose."""
    return _("Written to {path}, as those of the {model}.").format(path=path, model=model)


def gain_of_labels(gain: float | None) -> str:
    """A gain in points without its interval; a dash of what was not replayed."""
    return "–" if gain is None else points(gain)


def versions(deployed: float | None, withdrawn: float | None) -> str:
    """Versions per person, and those withdrawn; a dash of what was not replayed."""
    if deployed is None or withdrawn is None:
        return "–"
    return f"{exactly(deployed, 1)} −{exactly(withdrawn, 1)}"


def right(accuracy: float | None) -> str:
    """A share of right answers in percent; a dash where nothing was answered."""
    return "–" if accuracy is None else exactly(100 * accuracy, 1)


def interval(gain: float | None, low: float | None, high: float | None) -> str:
    """A difference in points with its interval, where there is one."""
    if gain is None or low is None or high is None:
        return _("no answers")
    return f"{points(gain)} ({points(low)}, {points(high)})"


def points(gain: float) -> str:
    """A difference in points, with its sign."""
    return exactly(gain, 1, signed=True)


def share(value: float | None) -> str:
    """A share in [0, 1]; a dash where there is none."""
    return "–" if value is None else f"{exactly(100 * value, 0)} %"


def panel_title(labels: int) -> str:
    """Above one panel of the chart."""
    return ngettext("{number} label to learn from", "{number} labels to learn from", labels).format(
        number=number(labels)
    )


def calls_axis() -> str:
    """Along the bottom."""
    return _("calls while learning, per person")


def right_axis() -> str:
    """Along the side."""
    return _("right on unseen pictures, %")


def chart_title(model: str) -> str:
    """Above all panels."""
    return _("Accuracy against calls, {model}; bars are 95 % intervals over people").format(model=model)
