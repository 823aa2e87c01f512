"""What a server answered with 200: a text, or one of the many ways of not answering that call themselves well.

The text may stand in one string, in a list of chunks beside thoughts, in what a tool is called with, or, where a
server takes the whole answer for a thought, in a field for those. Why it ended is told in the words of whichever
model is behind the server.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from core.model.faults import fault_of
from core.model.replies import Fault, Reply, Sent, Tokens
from core.model.token_chances import with_chances
from core.vocabulary.calls import Failure

if TYPE_CHECKING:  # to load the client library takes longer than to load all that words need
    from openai.types.chat import ChatCompletion
    from openai.types.chat.chat_completion import Choice

NOT_AN_API = "a web page or plain text instead of an answer"

_FILTERED = re.compile(
    r"filter|safety|prohibited|recitation|blocklist|spii|sensitive|moderat|guardrail|blocked|image_other", re.I
)
_REFUSED = re.compile(r"refus", re.I)
_CUT = re.compile(r"length|max_?(output_?)?tokens|token_?limit|incomplete", re.I)
_REASONING = ("reasoning_content", "reasoning", "thinking")


def reply_in(answer: "ChatCompletion | str") -> Sent:
    """The reply or fault that an answer is. May raise whatever a shape that nobody foresaw makes it raise."""
    if isinstance(answer, str):
        return Fault(Failure.UNAVAILABLE, NOT_AN_API)
    if answer.choices is None:
        extra = answer.model_extra or {}
        return _error_in_200(extra.get("error") or extra)
    tokens = _tokens(answer)
    if not answer.choices:
        blocked = (answer.model_extra or {}).get("prompt_feedback") or (answer.model_extra or {}).get(
            "promptFeedback"
        )
        if blocked:
            return Fault(Failure.FILTERED, tokens=tokens, billed=True)
        return Fault(Failure.INVALID, "no choices", tokens, billed=True)
    return _read_choice(answer.choices[0], tokens)


def _read_choice(choice: "Choice", tokens: Tokens | None) -> Sent:
    extra = choice.model_extra or {}
    if error := extra.get("error"):
        return _error_in_200(error)
    text, refusal = _said(choice)
    ended = _why(choice.finish_reason) or (None if text else _why(extra.get("native_finish_reason")))
    failure = Failure.REFUSED if refusal else ended
    if failure is None and text:
        return Reply(with_chances(text, choice.logprobs), tokens)
    failure = failure or Failure.INVALID
    return Fault(failure, tokens=tokens, billed=True)


def _why(reason: Any) -> Failure | None:
    """What cut an answer short, if anything did."""
    if not isinstance(reason, str):
        return None
    for pattern, failure in (
        (_REFUSED, Failure.REFUSED),
        (_FILTERED, Failure.FILTERED),
        (_CUT, Failure.TRUNCATED),
    ):
        if pattern.search(reason):
            return failure
    return None


def _said(choice: "Choice") -> tuple[str, bool]:
    """The answer's text, and whether it is a refusal."""
    message = choice.message
    if message is None:
        return "", False
    parts = list(_parts(message.content))
    text = "".join(words for kind, words in parts if kind != "refusal")
    refused = bool(message.refusal) or any(kind == "refusal" for kind, _ in parts)
    if not text.strip():
        text = "\n".join(_called(message.tool_calls))
    if not text.strip():
        extra = message.model_extra or {}
        thought = next((extra[name] for name in _REASONING if extra.get(name)), None)
        text = "".join(words for _, words in _parts(thought))
    return (text if text.strip() else ""), refused


def _called(calls: Any) -> Iterator[str]:
    """What a model calls a tool with: some servers ask for a form by a tool, and leave the answer there."""
    for call in calls or ():
        function = getattr(call, "function", None)
        if isinstance(arguments := getattr(function, "arguments", None), str):
            yield arguments


def _parts(content: Any) -> Iterator[tuple[str, str]]:
    """The (kind, words) of a content, without thoughts: those stand in parts of their own."""
    if isinstance(content, str):
        yield "text", content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, str):
                yield "text", part
            elif isinstance(part, Mapping):
                kind = str(part.get("type", "text"))
                words = part.get("refusal" if kind == "refusal" else "text")
                if kind in ("text", "output_text", "refusal") and isinstance(words, str):
                    yield kind, words


def _error_in_200(error: Any) -> Fault:
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if code.isdecimal() and 400 <= int(code) <= 599 else 502
    return fault_of(status, {"error": error})


def _tokens(answer: "ChatCompletion") -> Tokens | None:
    usage = answer.usage
    counts = (usage.prompt_tokens, usage.completion_tokens) if usage else ()
    if len(counts) != 2 or not all(isinstance(count, int) and count >= 0 for count in counts):
        return None
    return Tokens(*counts)
