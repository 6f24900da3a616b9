"""How numbers and outputs stand in a document: texts of decimal digits, null for what was not measured."""

from decimal import Decimal
from typing import Any

from scorecards import statistics
from scorecards.compare.cells import Record

LONGEST_OUTPUT = 4000
"""Characters of an output that a document shows."""

Json = dict[str, Any]


def digits(value: Decimal | None, places: int = 4) -> str | None:
    """Return a number in plain decimal digits, rounded to so many places; None for None.

    >>> digits(Decimal(2) / 3), digits(Decimal("0.10")), digits(Decimal("-0.00001"))
    ('0.6667', '0.1', '0')
    """
    if value is None:
        return None
    plain = format(round(value, places), "f")
    short = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if short in ("-0", "") else short


def p_value(value: Decimal | None) -> str | None:
    """Return a p with three significant digits; a small one is never 0."""
    return None if value is None else f"{float(value):.3g}"


def interval(ends: tuple[Decimal, Decimal] | None, places: int) -> Json:
    """Return both ends of a 95 % interval; null where there is none."""
    low, high = ends or (None, None)
    return {"low": digits(low, places), "high": digits(high, places)}


def share(found: statistics.Share | None) -> Json | None:
    """Return a share with its interval and n; None for none."""
    if found is None:
        return None
    return {"value": digits(found.value), "low": digits(found.low), "high": digits(found.high), "n": found.n}


def output(record: Record) -> Json:
    """Return one answer as a document shows it, cut at LONGEST_OUTPUT characters."""
    return {
        "repeat": record.cell.repeat,
        "state": record.state.value,
        "outcome": record.outcome.value,
        "detail": record.detail,
        "text": record.text[:LONGEST_OUTPUT],
        "cut": len(record.text) > LONGEST_OUTPUT,
        "tool_calls": [{"name": one.name, "arguments": one.arguments} for one in record.tool_calls],
        "checks": {label: {"result": one.result.value, "reason": one.reason} for label, one in record.scores.items()},
    }
