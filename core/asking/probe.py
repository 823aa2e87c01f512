"""What can this server do? Asked once at start-up and by `feelprint doctor`, with two plain pictures.

The questions take the road of all questions (`core.model.line`), so what is learned here is what would be
learned there. What is left is a problem, with all that its sentence needs to tell how
to mend it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.asking.problems import BLIND, problem_of
from core.asking.questions import Example
from core.asking.sight import colour_call, parse_colour, plain_pictures
from core.asking.write import parse_rules, rules_call
from core.model.abilities import Abilities
from core.model.budget import Budget
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.known import Known
from core.model.line import Flight, Line
from core.model.replies import Fault
from core.model.retry import Pace
from core.ports import AnswerStore
from core.vocabulary.calls import Call
from core.vocabulary.clock import Clock, SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import ModelError
from core.vocabulary.images import Image
from core.vocabulary.reasons import Adjusted

_RULES = 12


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Settings that fit the server, and what was `adjusted`; or the `problem`, not raised.

    A problem whose `failure` is unavailable, rate limited or budget may pass by itself; every other needs a
    person.
    """

    settings: ModelSettings
    adjusted: tuple[Adjusted, ...] = ()
    problem: ModelError | None = None

    @property
    def ok(self) -> bool:
        """Whether the model can be used."""
        return self.problem is None


async def probe(
    settings: ModelSettings,
    answers: AnswerStore | None = None,
    clock: Clock | None = None,
    *,
    shown: Sequence[Image] = (),
) -> ProbeResult:
    """Ask each model of the settings for the colour of two pictures; never raises for what the server does.

    With `answers` the calls are counted in the ledger (and may raise `StorageError`). With `shown` the model
    that writes is also asked a question as large as its largest, about those pictures.
    """
    clock = clock or SystemClock()
    models = tuple(dict.fromkeys(filter(None, (settings.model, settings.writer_model))))
    fault, trial, forms = None, settings, dict[str, Abilities]()
    for model in models:
        trial = replace(settings, model=model, writer_model=None)
        async with ModelClient(trial) as client:
            known = Known(trial, clock)
            budget = Budget(answers, trial, clock, known) if answers else None
            line = Line(client, trial, clock, budget, pace=lambda: Pace(patience_s=20.0, rounds=3), known=known)
            fault = await _looked(line)
            if fault is None and shown and model == models[-1]:
                fault = await _shown(line, shown)
        forms[model] = line.form(model)
        if fault is not None:
            break
    fitting, adjusted = _fitting(settings, forms)
    if fault is None:
        return ProbeResult(fitting, adjusted)
    role = "FEELPRINT_WRITER_MODEL" if trial.model != settings.model else "FEELPRINT_MODEL"
    return ProbeResult(fitting, adjusted, problem_of(fault, trial, role))


async def _looked(line: Line) -> Fault | None:
    """None if the model names both colours; `BLIND` if it names others; else the fault."""
    for colour, picture in plain_pictures().items():
        sent, _ = await line.ask(colour_call(picture), Flight(1), _names_a_colour)
        if isinstance(sent, Fault):
            return sent
        if parse_colour(sent.text) != colour:
            return BLIND
    return None


async def _shown(line: Line, pictures: Sequence[Image]) -> Fault | None:
    """None if the model answers a writer's question about all these pictures, as many as the server takes."""
    sent, _ = await line.ask(_largest(pictures), Flight(1), _in_form)
    return sent if isinstance(sent, Fault) else None


def _largest(pictures: Sequence[Image]) -> Call:
    guess = MIKELS.distribution(dict.fromkeys(MIKELS.names, 1.0))
    examples = [Example(p, {MIKELS.names[i % 8]: 1.0}, guess) for i, p in enumerate(pictures)]
    return rules_call(MIKELS, examples, owner=0, limit=_RULES, temperature=0.2, nonce="probe")


def _names_a_colour(text: str) -> bool:
    try:
        return bool(parse_colour(text))
    except ValueError:
        return False


def _in_form(text: str) -> bool:
    try:
        return parse_rules(text, MIKELS, _RULES) is not None
    except ValueError:
        return False


def _fitting(settings: ModelSettings, forms: dict[str, Abilities]) -> tuple[ModelSettings, tuple[Adjusted, ...]]:
    """The settings with what was found out about each model, and what that was."""
    first = {model: settings.abilities(model) for model in forms}
    if forms == first:
        return settings, ()
    main = forms.get(settings.model) or settings.abilities(settings.model)
    fitting = replace(
        settings,
        max_tokens_field=main.max_tokens_field,
        send_temperature=main.send_temperature,
        structured=main.structured,
        known={**settings.known, **forms},
    )
    adjusted = (
        change
        for change, name in _FIELDS.items()
        if any(getattr(form, name) != getattr(first[model], name) for model, form in forms.items())
    )
    return fitting, tuple(adjusted)


_FIELDS = {
    Adjusted.LENGTH: "max_tokens_field",
    Adjusted.TEMPERATURE: "send_temperature",
    Adjusted.STORE: "send_store",
    Adjusted.FORM: "structured",
    Adjusted.PICTURES: "most_pictures",
    Adjusted.BYTES: "most_bytes",
    Adjusted.ROOM: "room",
}
