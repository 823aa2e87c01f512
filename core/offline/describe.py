"""Describing a picture in words: a caption and up to twelve tags, from what is seen and nothing else."""

from core.offline.concepts import Concept
from core.offline.vocabulary import Strengths, Vocabulary

MAX_TAGS = 12
_HOLDS = 0.5


def describe(seen: Strengths, vocabulary: Vocabulary) -> tuple[str, tuple[str, ...]]:
    """(caption, tags): the twelve clearest words are tags, the others that hold stand in the caption."""
    holding = sorted(
        (concept for concept in vocabulary.concepts if seen[concept.name] >= _HOLDS),
        key=lambda concept: (not concept.scene, -seen[concept.name], concept.name),
    )
    tags = tuple(concept.name for concept in holding[:MAX_TAGS])
    return _caption(holding), tags or ("plain",)


def _caption(holding: list[Concept]) -> str:
    if not holding:
        return "A picture without anything that stands out."
    first = holding[0].name
    others = [concept.name for concept in holding[MAX_TAGS : MAX_TAGS + 10]] or [c.name for c in holding[1:4]]
    return f"A picture of {first}" + (f", with {', '.join(others)}." if others else ".")


def reason_for(feeling: str, seen: Strengths, vocabulary: Vocabulary) -> str:
    """One short sentence that names what in the picture counts."""
    clear = sorted(vocabulary.concepts, key=lambda c: (-seen[c.name] * (1.2 if c.scene else 1.0), c.name))
    words = [concept.name for concept in clear[:2] if seen[concept.name] >= _HOLDS]
    verb = "suggest" if len(words) > 1 else "suggests"
    return f"{' and '.join(words).capitalize() or 'The picture as a whole'} {verb} {feeling}."
