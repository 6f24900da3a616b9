"""JSON out of an answer: the whole text or one fenced block, and nothing a parser of the user's would choke on."""

import json
import re
from typing import Any

FENCED = re.compile(r"\A\s*```[A-Za-z0-9]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


def parse(text: str) -> Any:  # noqa: ANN401 - JSON is what it is
    """Return what a text of JSON holds; a fence around all of it is taken off.

    Raises:
        ValueError: it is not JSON, names a member twice, or nests too deep; NaN is not JSON.
    """
    fenced = FENCED.match(text)
    try:
        return json.loads(fenced[1] if fenced else text, parse_constant=_refuse, object_pairs_hook=_members)
    except RecursionError as error:
        raise ValueError("nests too deep") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("names a member twice")
    return members
