"""A run's explanation as JSON-ready data and back.

Fields go by their own names, and what is as the class says by default is left out: most runs reach few parts.
Reading checks types, so whatever else may stand in the column is a fault here and not somewhere later.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from core.vocabulary.explanation import Explanation
from storage.schema.codec import storable

_EXPLANATION = TypeAdapter(Explanation)


def explanation_out(explanation: Explanation) -> dict[str, Any]:
    """An explanation by field name."""
    wordings = tuple(replace(wording, text=storable(wording.text)) for wording in explanation.wordings)
    data: dict[str, Any] = _EXPLANATION.dump_python(
        replace(explanation, wordings=wordings), mode="json", exclude_defaults=True
    )
    return data


def explanation_in(data: Mapping[str, Any]) -> Explanation:
    """The explanation that `explanation_out` wrote; how sure a run had to be stood under another name once."""
    return _EXPLANATION.validate_python({"caution": data.get("preset", ""), **data})
