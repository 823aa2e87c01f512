"""What `feelprint prune` says."""

from bot.words.amounts import number
from bot.words.language import gettext as _
from bot.words.language import ngettext


def pruned(answers: int, ideas: int, runs: int, calls: int, *, dry: bool) -> str:
    """What went, or would go: answers of a model, ideas, runs; and calls that became sums by day."""
    title = _("This would go:") if dry else _("This is gone:")
    lines = (
        ngettext("{number} answer that nobody asks for", "{number} answers that nobody asks for", answers).format(
            number=number(answers)
        ),
        ngettext("{number} idea that came to nothing", "{number} ideas that came to nothing", ideas).format(
            number=number(ideas)
        ),
        ngettext(
            "{number} tuning run that made no version", "{number} tuning runs that made no version", runs
        ).format(number=number(runs)),
        ngettext(
            "{number} line about a single call; the sum of its day stays",
            "{number} lines about single calls; the sums of their days stay",
            calls,
        ).format(number=number(calls)),
    )
    return "\n".join([title, *(f"  {line}" for line in lines)])
