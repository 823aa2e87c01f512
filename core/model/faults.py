"""What a server's refusal means: status, error object and headers in, one `Fault` out.

Servers disagree on codes, so the decision is made on the status first and on the words of the message
where one status means several things: 429 is a rate limit or an empty account, 403 a wrong key or a
moderated picture, 400 anything. A limit that fills again within minutes is no empty account, whatever the words.
"""

import re
from collections.abc import Mapping

from core.model.replies import Fault
from core.model.said import codes_in, message_in, wait_in
from core.vocabulary.calls import Failure

WRONG_KEY = re.compile(
    r"(api|access|virtual|auth\w*)[ _-]?(key|token).{0,40}(not valid|invalid|incorrect|missing|expired|not found)"
    r"|(invalid|incorrect|missing|unknown|expired|no).{0,20}(api|access|auth\w*|proxy)[ _-]?(key|token)"
    r"|no connected db|unauthori[sz]ed|authentication[ _](error|fail)|unauthenticated",
    re.I,
)
_QUOTA = re.compile(
    r"insufficient[_ ](quota|credits?|funds|balance)|exceeded your current quota|billing|credit balance|payment"
    r"|(exceeded|over)[ _]?(\w+ ){0,2}budget|budget.{0,20}exceeded|max(imum)? budget",
    re.I,
)
_EMPTY = re.compile(r"insufficient|budget|credit", re.I)
_A_DAY = re.compile(r"per[ _-]?day|daily|\b[rt]pd\b|per[ _-]?month|monthly", re.I)
# The name of LiteLLM's error stands before every 429, an empty account's too.
_SHORT = re.compile(
    r"per[ _-]?(minute|second|hour)|rate[ _-]?limit(?!error)|too many requests|\b[rt]pm\b|concurren"
    r"|retry in|try again in",
    re.I,
)
_FILTER = re.compile(
    r"content[_ ](filter|policy|management)|moderation|flagged|responsible ?ai|safety (system|polic|filter)"
    r"|prohibited[_ ]content|blocked by|guardrail",
    re.I,
)
_NO_MODEL = re.compile(
    r"model[_ ]not[_ ]found|(unknown|invalid|no such) model|model .{0,80}(not exist|not found)", re.I
)
_BAD_PICTURE = re.compile(
    r"(process|decode|read|parse|load|download|open|identify|unsupported|invalid|corrupt\w*|bad)\W+(\w+\W+){0,3}?image"
    r"|image.{0,30}(invalid|corrupt|not valid|could not|cannot|failed|too small|too large|unsupported)",
    re.I,
)
_TIMEOUTS = frozenset({408, 504, 524})
"""The server gave up waiting for its own model: it may be paid for, and to ask again would pay twice."""
_TRANSIENT = frozenset({409, 425})
_SOON_S = 3600.0


def fault_of(status: int, body: object, headers: Mapping[str, str] | None = None) -> Fault:
    """The fault that an error answer stands for. `body` is the decoded error object, a text, or None."""
    headers = headers or {}
    detail = message_in(body)
    wait = wait_in(headers, body)
    names = codes_in(body)
    failure = _failure(status, f"{detail} {names}", wait)
    passing = failure in (Failure.UNAVAILABLE, Failure.RATE_LIMITED)
    final = status < 400 or status in _TIMEOUTS or headers.get("x-should-retry") == "false"
    return Fault(
        failure,
        detail=detail,
        again=passing and not final,
        billed=status in _TIMEOUTS,
        retry_after=wait,
        status=status,
        names=names,
    )


def _failure(status: int, words: str, wait: float | None) -> Failure:
    if status == 402 or (400 <= status < 500 and _QUOTA.search(words)):
        return Failure.RATE_LIMITED if status == 429 and _fills_soon(words, wait) else Failure.QUOTA
    if status == 429:
        return Failure.QUOTA if _A_DAY.search(words) and not _SHORT.search(words) else Failure.RATE_LIMITED
    if status in (400, 403, 422, 451) and _FILTER.search(words):
        return Failure.FILTERED
    if status in (401, 403, 404) or (
        status in (400, 422) and (_NO_MODEL.search(words) or WRONG_KEY.search(words))
    ):
        return Failure.AUTH
    if status >= 500 or status < 400 or status in _TIMEOUTS or status in _TRANSIENT:
        return Failure.UNAVAILABLE
    return Failure.REJECTED


def _fills_soon(words: str, wait: float | None) -> bool:
    """Whether an allowance that is used up is one for a minute or so: the words for the account are the same."""
    if _A_DAY.search(words) or _EMPTY.search(words):
        return False
    return bool(_SHORT.search(words)) or (wait is not None and wait <= _SOON_S)


def about_one_picture(fault: Fault) -> bool:
    """Whether the words of a refusal are about a picture, and not about how we asked."""
    return fault.failure is Failure.REJECTED and bool(_BAD_PICTURE.search(fault.detail))
