"""The only module that talks to the model's server: one request, one deadline, one typed outcome.

The SDK's own retries are off (the gateway has one policy for all), redirects are not followed (a
redirect would send the picture to another host), and the deadline covers the whole request: the SDK's
timeout is per read, so a dripping server could hold a call for ever. The request goes through the SDK's
`post`, because `chat.completions.create` first walks all of it to translate names that we do not use.
"""

import asyncio
from dataclasses import replace
from types import TracebackType
from urllib.parse import urlsplit

import openai
from openai.types.chat import ChatCompletion

from core.model.abilities import Abilities
from core.model.answering import reply_in
from core.model.config import ModelSettings
from core.model.dialect import request_of
from core.model.faults import fault_of
from core.model.glances import Shrink, made_small
from core.model.replies import Fault, Sent
from core.vocabulary.calls import Call, Failure

_CONNECT_S = 10.0
_MAX_DETAIL = 300
_SECRET = 8
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ModelClient:
    """One server, reached through one connection pool. Close it with `async with` or `aclose`.

    `shrink` makes pictures small that are one of many in a request; without it they go as they are.
    """

    def __init__(self, settings: ModelSettings, shrink: Shrink | None = None) -> None:
        self._settings = settings
        self._shrink = shrink
        timeout = openai.Timeout(settings.deadline_s, connect=min(_CONNECT_S, settings.deadline_s))
        address = urlsplit(settings.base_url)
        local = address.hostname in _LOOPBACK
        http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            timeout=timeout,
            trust_env=not local,  # a proxy set for the internet does not know our localhost
            verify=not local or address.scheme == "https",  # reading all certificates for nothing takes 25 ms
        )
        self._openai = openai.AsyncOpenAI(
            api_key=settings.api_key or "none",  # local servers need no key, the SDK does
            base_url=settings.base_url,
            max_retries=0,
            timeout=timeout,
            default_headers=dict(settings.headers),
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

    async def send(self, call: Call, form: Abilities | None = None) -> Sent:
        """Send one request; every way it can end is a `Reply` or a `Fault`, but for cancellation."""
        sent = await self._send(call, form)
        if not isinstance(sent, Fault):
            return sent
        detail = sent.detail
        for secret in (self._settings.api_key, *self._settings.headers.values()):
            if len(secret) >= _SECRET:  # a shorter one is no secret, and would blot out letters of the message
                detail = detail.replace(secret, "***")
        return replace(sent, detail=detail)

    async def _send(self, call: Call, form: Abilities | None) -> Sent:
        try:
            call = await made_small(call, self._shrink)
            async with asyncio.timeout(self._settings.deadline_s):
                answer = await self._openai.post(
                    "/chat/completions", cast_to=ChatCompletion, body=request_of(call, self._settings, form)
                )
            return reply_in(answer)
        except openai.APIStatusError as error:
            if error.status_code >= 500:
                await _let_go(error)
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


async def _let_go(error: openai.APIStatusError) -> None:
    """End the connection of an answer that tells of trouble: many servers are about to end it, and would take
    the next request down with it.
    """
    stream = error.response.extensions.get("network_stream")
    if stream is not None:
        await stream.aclose()
