"""What a challenge must look like to be taken in."""

import unicodedata
from collections.abc import Container

from scorecards import web_address
from scorecards.dispute import Filing
from scorecards.evidence import MAX_QUOTE
from scorecards.web_address import Networks

MAX_NOTE, MAX_NAME = 1000, 80
"""Characters."""

_LINE_CHARACTERS = "\n\r\t"


def problems(filing: Filing, indicators: Container[str], opened: Networks = ()) -> dict[str, str]:
    """Return each wrong field with what it wants and what it has; {} when the filing can be taken in.

    Whether the model exists is for the catalogue to say.

    Args:
        indicators: Ids of the rubric in force.
        opened: Networks beyond the public internet that the operator opened.
    """
    unknown = f"wants an indicator of the rubric in force, has {filing.indicator!r}"
    found = {
        "indicator": None if filing.indicator in indicators else unknown,
        "url": web_address.problem(filing.url, opened),
        "quote": _text(filing.quote, MAX_QUOTE) or (None if filing.quote.strip() else "wants words, has none"),
        "note": _text(filing.note, MAX_NOTE),
        "name": _text(filing.name, MAX_NAME),
    }
    return {field: wrong for field, wrong in found.items() if wrong}


def _text(text: str, most: int) -> str | None:
    if len(text) > most:
        return f"wants at most {most} characters, has {len(text)}"
    # They could move the cursor of a terminal; a lone surrogate cannot even be stored.
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in _LINE_CHARACTERS for one in text):
        return "wants text without control characters, has some"
    return None
