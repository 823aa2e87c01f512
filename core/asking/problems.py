"""Why a model cannot be used: what a fault of its server means, beside what was asked and where."""

import re
from urllib.parse import urlsplit

from core.model.answering import NOT_AN_API
from core.model.config import ModelSettings
from core.model.faults import WRONG_KEY
from core.model.replies import Fault
from core.vocabulary.calls import Failure
from core.vocabulary.errors import ModelError, ModelProblem

BLIND = Fault(Failure.INVALID, "a wrong colour")
"""A model that answers in form, and does not see what is shown."""

NO_EYES = re.compile(r"\bimages?\b|image_url|vision|multi-?modal", re.I)
REFUSED_REQUEST = frozenset({400, 404, 422, 501})

_PROBLEMS = {
    Failure.BUDGET: ModelProblem.CAPPED,
    Failure.QUOTA: ModelProblem.NO_CREDIT,
    Failure.AUTH: ModelProblem.NO_SUCH_MODEL,
    Failure.RATE_LIMITED: ModelProblem.TOO_FAST,
    Failure.REJECTED: ModelProblem.REJECTED,
    Failure.REFUSED: ModelProblem.UNWILLING,
    Failure.FILTERED: ModelProblem.UNWILLING,
    Failure.TRUNCATED: ModelProblem.ENDLESS,
    Failure.INVALID: ModelProblem.FORMLESS,
}


def problem_of(fault: Fault, settings: ModelSettings, variable: str) -> ModelError:
    """What `fault` means for the model of `settings`, which the setting `variable` names.

    Of the server's address it tells nothing that may be secret: a user's name and password, or a query.
    """
    parts = urlsplit(settings.base_url)
    host = parts.netloc.rpartition("@")[2]
    return ModelError(
        _reason(fault),
        model=settings.model,
        variable=variable,
        url=parts._replace(netloc=host, query="", fragment="").geturl(),
        host=host,
        seconds=settings.deadline_s,
        said=fault.detail,
        failure=fault.failure,
    )


def _reason(fault: Fault) -> ModelProblem:
    if fault is BLIND or (fault.status in REFUSED_REQUEST and NO_EYES.search(fault.detail)):
        return ModelProblem.BLIND
    if fault.status == 413:
        return ModelProblem.TOO_LARGE
    if fault.failure is Failure.AUTH and (fault.status in (401, 403) or WRONG_KEY.search(fault.detail)):
        return ModelProblem.WRONG_KEY
    return _of_one_away(fault) if fault.failure is Failure.UNAVAILABLE else _PROBLEMS[fault.failure]


def _of_one_away(fault: Fault) -> ModelProblem:
    if fault.detail == NOT_AN_API or (fault.status is not None and fault.status < 400):
        return ModelProblem.NOT_AN_API
    if fault.status is not None:  # whoever answers is reached, be it a proxy whose model is away
        return ModelProblem.TROUBLED
    late = fault.billed and not fault.again
    return ModelProblem.LATE if late else ModelProblem.UNREACHABLE
