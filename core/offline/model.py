"""The offline model: answers a chat.completions request from pixels and plain words, with no key at all.

It is pure: the same request gives the same reply on any machine. Chance, where a writer needs it, is drawn
from a hash of what is asked: a field of the request that means nothing to it throws no other dice. It knows
pictures, words and published findings, and nothing about who asks.
"""

import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any

from core.offline.describe import describe, reason_for
from core.offline.eyes import Eyes
from core.offline.matcher import match_text
from core.offline.opinion import general_opinion
from core.offline.reader import read_notes, shift
from core.offline.request import Asked, OfflineError, read_request
from core.offline.shown import from_neighbours, read_shown
from core.offline.vocabulary import Strengths, Vocabulary, strength_of
from core.offline.writer import as_prose, ideas, in_words

MODEL_NAME = "offline-model"
_IMAGE_TOKENS = 255
"""What a picture is counted as: a low-detail estimate in the manner of published price lists."""


class OfflineModel:
    """A small multimodal model in numpy; `complete` is all there is to it."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._eyes = Eyes(self._vocabulary)

    def complete(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A chat.completions reply. Raises OfflineError for a request that cannot be answered."""
        if request.get("model") not in (None, MODEL_NAME):
            raise OfflineError(404, f"The only model here is {MODEL_NAME}.", "model_not_found")
        asked = read_request(request)
        seed = hashlib.sha256(json.dumps([asked.system, asked.parts, asked.temperature]).encode()).hexdigest()
        try:
            answer = self._answer(asked, random.Random(seed))  # noqa: S311 - not for secrets
        except ValueError as error:
            raise OfflineError(400, str(error), "invalid_image") from error
        return _reply(asked, json.dumps(answer, ensure_ascii=False), seed)

    def _answer(self, asked: Asked, rng: random.Random) -> dict[str, Any]:
        wanted = set(asked.properties)
        if "matches" in wanted:
            return {"matches": match_text(asked.text, self._vocabulary)}
        if wanted & {"rules", "prompt"}:
            return self._write(asked, rng, whole="prompt" in wanted)
        if "scores" in wanted and asked.images and asked.emotions:
            return self._judge(asked)
        return self._other(asked)

    def _judge(self, asked: Asked) -> dict[str, Any]:
        url = asked.images[-1]
        seen = self._eyes.look(url)
        opinion = general_opinion(self._eyes.features(url), seen, asked.emotions)
        shown = read_shown(asked, self._eyes, self._vocabulary)
        if len(shown.guess):
            opinion = from_neighbours(opinion, shown, seen, asked.emotions, self._vocabulary)
        notes = read_notes(asked.notes, asked.emotions, self._vocabulary)
        reading = shift(opinion, notes, seen)
        best = max(reading.opinion, key=lambda name: (reading.opinion[name], name))
        caption, tags = describe(seen, self._vocabulary)
        everything: dict[str, Any] = {
            "rule": reading.line,
            "reason": reason_for(best, seen, self._vocabulary),
            "emotion": best,
            "scores": _scores(reading.opinion),
            "caption": caption,
            "tags": list(tags),
        }
        return {name: everything[name] for name in asked.properties if name in everything}

    def _write(self, asked: Asked, rng: random.Random, *, whole: bool) -> dict[str, Any]:
        shown = read_shown(asked, self._eyes, self._vocabulary)
        if whole:
            found = ideas(shown, asked, self._vocabulary, rng, limit=6)
            return {"prompt": as_prose(found, asked.present, self._vocabulary, rng)}
        found = ideas(shown, asked, self._vocabulary, rng, limit=asked.limit)
        return {"rules": [{"when": in_words(i, self._vocabulary, rng), "feel": i.feel} for i in found]}

    def _other(self, asked: Asked) -> dict[str, Any]:
        """A question that is none of ours: fill its schema from what is seen, as well as words allow."""
        seen = self._eyes.look(asked.images[-1]) if asked.images else {}
        caption = describe(seen, self._vocabulary)[0] if seen else "There is no picture."
        properties: Mapping[str, Any] = asked.schema.get("properties", {})
        answer: dict[str, Any] = {}
        for name, form in properties.items():
            if options := form.get("enum"):
                answer[name] = max(options, key=lambda option: self._strength(str(option), seen))
            else:
                kind = form.get("type")
                answer[name] = {"string": caption, "boolean": bool(seen), "array": [], "object": {}}.get(kind, 0)
        return answer or {"answer": caption}

    def _strength(self, words: str, seen: Strengths) -> float:
        condition = self._vocabulary.understand(words)
        return strength_of(condition, seen) if condition else 0.0


def _scores(opinion: Mapping[str, float]) -> dict[str, int]:
    """Scores from 0 to 100; the likeliest emotion gets 100, the others in proportion."""
    top = max(opinion.values())
    return {name: round(100.0 * value / top) for name, value in opinion.items()}


def _reply(asked: Asked, content: str, seed: str) -> dict[str, Any]:
    tokens = max(1, len(content) // 4)
    finish = "stop"
    if tokens > asked.max_tokens:
        content, tokens, finish = content[: asked.max_tokens * 4], asked.max_tokens, "length"
    prompt = (len(asked.system) + len(asked.text)) // 4 + _IMAGE_TOKENS * len(asked.images)
    message = {"role": "assistant", "content": content, "refusal": None}
    return {
        "id": f"chatcmpl-{seed[:24]}",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL_NAME,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": tokens, "total_tokens": prompt + tokens},
    }
