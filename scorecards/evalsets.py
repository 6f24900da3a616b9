"""Small evaluation sets: questions with an answer that a plain rule can check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        kind: How the answer is checked: `numeric`, `mcq`, `label`, `exact`, `ifeval`, `tools`.
        lang: BCP 47 tag of the prompt.
        answer: What is right, in the form of its kind.
        fields: What else its kind needs: `choices`, `labels`, `context`, …
    """

    id: str
    kind: str
    lang: str
    prompt: str
    answer: Any
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvalSet:
    """A named set of questions with its licence and where it is from."""

    name: str
    title: str
    licence: str
    source: str
    items: Sequence[Item]
