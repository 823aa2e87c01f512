"""Why a model cannot be used, in one sentence that tells a self-hoster how to mend it."""

import re
from urllib.parse import urlsplit

from core.model.client import NOT_AN_API
from core.model.config import ModelSettings
from core.model.replies import Fault
from core.vocabulary.calls import Failure

BLIND = Fault(Failure.INVALID, "It named a wrong colour.")
"""A model that answers in form, and does not see what is shown."""

NO_EYES = re.compile(r"\bimages?\b|image_url|vision|multi-?modal", re.I)
REFUSED_REQUEST = frozenset({400, 404, 422, 501})

_BLIND = "The model {model} does not see pictures; set {variable} to one that does, such as gpt-4.1-mini."
_WRONG_KEY = "The server {host} does not accept the key; set OPENAI_API_KEY to a valid one.{said}"
_NOT_A_MODEL = (
    "The address {url} answers, but not as a model's server does; "
    "set OPENAI_BASE_URL as its documents say (often it ends in /v1)."
)
_LATE = (
    "The server {host} did not answer within {seconds:g} seconds; a local model may still be loading: "
    "try again, or raise FEELPRINT_CALL_SECONDS."
)
_SENTENCES = {
    Failure.BUDGET: "The day's spending cap is reached, so the model was not asked; raise the cap or wait.",
    Failure.QUOTA: "The account at {host} has no credit left; top it up at the provider and start again.",
    Failure.AUTH: (
        "The server {host} has no model {model}; set {variable} to one of its models, "
        "and check that OPENAI_BASE_URL ends as its documents say (often in /v1).{said}"
    ),
    Failure.UNAVAILABLE: (
        "The server {host} cannot be reached; check OPENAI_BASE_URL and the network, then try again.{said}"
    ),
    Failure.REFUSED: "The model {model} refuses to look at a plain picture; set {variable} to another one.",
    Failure.FILTERED: "The model {model} refuses to look at a plain picture; set {variable} to another one.",
    Failure.TRUNCATED: "The model {model} does not finish an answer of one word; set {variable} to another one.",
    Failure.INVALID: (
        "The model {model} does not answer in the form asked for; set {variable} to another one.{said}"
    ),
}


def problem_of(fault: Fault, settings: ModelSettings, variable: str) -> str:
    """What `fault` means for the model of `settings`, which the setting `variable` names."""
    return _template(fault).format(
        model=f"“{settings.model}”",
        variable=variable,
        host=urlsplit(settings.base_url).netloc or settings.base_url,
        url=settings.base_url,
        seconds=settings.deadline_s,
        said=f" What it said: “{fault.detail}”" if fault.detail else "",
    )


def _template(fault: Fault) -> str:
    if fault is BLIND or (fault.status in REFUSED_REQUEST and NO_EYES.search(fault.detail)):
        return _BLIND
    if fault.status in (401, 403) and fault.failure is Failure.AUTH:
        return _WRONG_KEY
    if fault.failure is Failure.UNAVAILABLE and fault.status is not None and fault.status < 400:
        return _NOT_A_MODEL
    if fault.detail == NOT_AN_API:
        return _NOT_A_MODEL
    if fault.failure is Failure.UNAVAILABLE and fault.billed and not fault.again:
        return _LATE
    return _SENTENCES[fault.failure]
