"""How a sentence says what it says: whether it refuses, only promises, or gives orders to its reader."""

import re
import tomllib
from functools import lru_cache

from scorecards.transparency.reading.names import DATA

MAX_SEARCHED = 2_000
"""Characters of a passage that are looked at; orders stand at their beginning or in a sentence of their own."""


REMEMBERED = 64
"""Sentences; each is asked about by every cue that matches it."""


@lru_cache
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = tomllib.loads((DATA / "phrases.toml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(parts), re.IGNORECASE) for name, parts in raw.items()}


@lru_cache(maxsize=REMEMBERED)
def refuses(text: str) -> bool:
    """Tell whether a sentence says that something is not said."""
    return bool(_patterns()["refused"].search(text))


@lru_cache(maxsize=REMEMBERED)
def promises(text: str) -> bool:
    """Tell whether a sentence only announces that something will be said."""
    return bool(_patterns()["promised"].search(text))


def promises_number(text: str) -> bool:
    """Tell whether a number of a sentence is only to come."""
    return bool(_patterns()["promised_number"].search(text))


def conceals(text: str) -> bool:
    """Tell whether a sentence refuses and says nothing after all; "not fully disclosed, but …" says something."""
    return refuses(text) and not _patterns()["conceded"].search(text)


def instructs(text: str) -> bool:
    """Tell whether a passage gives orders to a machine that reads it."""
    return bool(_patterns()["instructed"].search(text, 0, MAX_SEARCHED))
