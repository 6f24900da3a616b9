"""What a published card can be turned into."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Card = Mapping[str, Any]
"""A published scorecard as JSON: decimals are strings, None means not measured."""


@dataclass(frozen=True, slots=True)
class Export:
    """One form of a card; each module of this folder declares one as `EXPORT`.

    Attributes:
        media_type: Of the rendered text, encoded as UTF-8.
        suffix: What follows the model's address, `badge.svg`.
        render: Pure; the same card gives the same text, whatever the day or the process.
    """

    media_type: str
    suffix: str
    render: Callable[[Card], str]
