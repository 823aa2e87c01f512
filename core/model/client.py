"""The only module that talks to the model's server: one request, one deadline, one typed outcome.

The SDK's own retries are off (the gateway has one policy for all), redirects are not followed (a
redirect would send the picture to another host), and the deadline covers the whole request: the SDK's
timeout is per read, so a dripping server could hold a call for ever. The request goes through the SDK's
`post`, because `chat.completions.create` first walks all of it to translate names that we do not use.
"""

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import openai
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion import Choice

from core.model.config import ModelSettings
from core.model.dialect import request_of
from core.model.faults import fault_of
from core.model.glances import Shrink, made_small
from core.model.replies import Fault, Reply, Sent, Tokens
from core.vocabulary.calls import Call, Failure

NOT_AN_API = "a web page or plain text instead of an answer"

_CONNECT_S = 10.0
_MAX_DETAIL = 300
_CUT_SHORT = {"content_filter": Failure.FILTERED, "length": Failure.TRUNCATED}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ModelClient:
    """One server, reached through one connection pool. Close it with `async with` or `aclose`.

    `shrink` makes pictures small that are one of many in a request; without it they go as they are.
    """

    def __init__(self, settings: ModelSettings, shrink: Shrink | None = None) -> None:
        self._settings = settings
        self._shrink = shrink
        timeout = openai.Timeout(settings.deadline_s, connect=min(_CONNECT_S, settings.deadline_s))
        local = urlsplit(settings.base_url).hostname in _LOOPBACK
        http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            timeout=timeout,
            trust_env=not local,  # a proxy set for the internet does not know our localhost
        )
        self._openai = openai.AsyncOpenAI(
            api_key=settings.api_key or "none",  # local servers need no key, the SDK does
            base_url=settings.base_url,
            max_retries=0,
            timeout=timeout,
            http_client=http,
        )

    async def __aenter__(self) -> "ModelClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection pool."""
        await self._openai.close()

    async def send(self, call: Call) -> Sent:
        """Send one request; every way it can end is a `Reply` or a `Fault`, but for cancellation."""
        sent = await self._send(call)
        key = self._settings.api_key
        if isinstance(sent, Fault) and key and key in sent.detail:
            return replace(sent, detail=sent.detail.replace(key, "***"))
        return sent

    async def _send(self, call: Call) -> Sent:
        try:
            call = await made_small(call, self._shrink)
            async with asyncio.timeout(self._settings.deadline_s):
                answer = await self._openai.post(
                    "/chat/completions", cast_to=ChatCompletion, body=request_of(call, self._settings)
                )
            return _read(answer)
        except openai.APIStatusError as error:
            return fault_of(error.status_code, error.body, error.response.headers)
        except (TimeoutError, openai.APITimeoutError):
            return Fault(Failure.UNAVAILABLE, "no answer in time", billed=True)
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            connected = not type(cause).__name__.startswith("Connect")
            return Fault(Failure.UNAVAILABLE, str(cause)[:_MAX_DETAIL], again=True, billed=connected)
        except Exception as error:
            return Fault(
                Failure.UNAVAILABLE, f"unreadable answer ({type(error).__name__})", again=True, billed=True
            )


def _read(answer: ChatCompletion | str) -> Sent:
    if isinstance(answer, str):
        return Fault(Failure.UNAVAILABLE, NOT_AN_API)
    if answer.choices is None:
        return _error_in_200((answer.model_extra or {}).get("error"))
    tokens = _tokens(answer)
    if not answer.choices:
        return Fault(Failure.INVALID, "no choices", tokens, billed=True, mendable=True)
    return _read_choice(answer.choices[0], tokens)


def _read_choice(choice: Choice, tokens: Tokens | None) -> Sent:
    if error := (choice.model_extra or {}).get("error"):
        return _error_in_200(error)
    failure = Failure.REFUSED if choice.message.refusal else _CUT_SHORT.get(choice.finish_reason)
    text = choice.message.content
    if failure is None and isinstance(text, str) and text.strip():
        return Reply(text, tokens)
    failure = failure or Failure.INVALID
    return Fault(failure, tokens=tokens, billed=True, mendable=failure in (Failure.TRUNCATED, Failure.INVALID))


def _error_in_200(error: Any) -> Fault:
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if code.isdecimal() and 400 <= int(code) <= 599 else 502
    return fault_of(status, {"error": error})


def _tokens(answer: ChatCompletion) -> Tokens | None:
    usage = answer.usage
    counts = (usage.prompt_tokens, usage.completion_tokens) if usage else ()
    if len(counts) != 2 or not all(isinstance(count, int) and count >= 0 for count in counts):
        return None
    return Tokens(*counts)
