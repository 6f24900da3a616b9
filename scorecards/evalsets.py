"""Small evaluation sets: questions with an answer that a plain rule can check. `evalset_files` reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scorecards.errors import Expected


class EvalSetError(Expected, ValueError):
    """A set cannot be read; the message names file and line, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        kind: How the answer is checked: the name of a file in `scorecards/checks`. A kind without a check is kept, for
            whoever reads it.
        lang: BCP 47 tag of the prompt.
        answer: What is right, in the form of its kind; None for a kind whose rules say it.
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
