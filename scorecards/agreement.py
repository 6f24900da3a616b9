"""Whether two readings of one fact agree, by the kind of value; free statements never contradict each other."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from scorecards.evidence import Bound, Reading
from scorecards.rubric import Fact
from scorecards.transparency import licences
from scorecards.transparency.reading.valuing import MONOLINGUAL

_DATE = re.compile(r"\d{4}(-\d\d){0,2}$")
Agree = Callable[[Reading, Reading, Fact], bool]


def agree(one: Reading, other: Reading, fact: Fact) -> bool:
    """Tell whether two readings that have values can both be true."""
    return COMPARISONS[fact.compare](one, other, fact)


def _number(one: Reading, other: Reading, fact: Fact) -> bool:
    """Compare numbers; what one source rounds, the other may state exactly."""
    first, second = one.value, other.value
    if not (isinstance(first, Decimal) and isinstance(second, Decimal)):
        return True
    if one.unit and other.unit and one.unit != other.unit:
        return True
    if _close(first, second, fact.tolerance) or _same_rounded(first, second):
        return True
    low, high = (one, other) if first < second else (other, one)
    return low.bound is Bound.AT_LEAST or high.bound is Bound.AT_MOST


def _close(first: Decimal, second: Decimal, tolerance: Decimal) -> bool:
    return abs(first - second) <= tolerance * max(abs(first), abs(second))


def _same_rounded(first: Decimal, second: Decimal) -> bool:
    """Tell whether the number with fewer digits is the other one rounded (37 of 36.7).

    A single digit may also be what is left of the other one (7 of 7.61): so are sizes named.
    """
    short, exact = sorted((first, second), key=lambda one: len(one.normalize().as_tuple().digits))
    digits = len(short.normalize().as_tuple().digits)
    if (
        digits == 1
        and short.adjusted() == exact.adjusted()
        and int(exact.scaleb(-exact.adjusted())) == int(short.scaleb(-short.adjusted()))
    ):
        return True
    return _rounded(short, digits) == _rounded(exact, digits)


def _rounded(value: Decimal, digits: int) -> Decimal:
    return round(value, digits - 1 - value.adjusted()) if value else value


def _date(one: Reading, other: Reading, _fact: Fact) -> bool:
    """Compare to the precision that both have."""
    first, second = str(one.value), str(other.value)
    if not (_DATE.match(first) and _DATE.match(second)):
        return True  # a quarter or a season is no month
    return first.startswith(second) or second.startswith(first)


def _licence(one: Reading, other: Reading, _fact: Fact) -> bool:
    """Two licences disagree only when both are known ones; a name that nobody knows may mean either."""
    first, second = (licences.normalised(str(each.value)) for each in (one, other))
    return first == second or not (licences.known(first) and licences.known(second))


def _languages(one: Reading, other: Reading, _fact: Fact) -> bool:
    """A model meant for one language contradicts a list of many; two lists may both be incomplete."""
    values = {str(one.value), str(other.value)}
    if MONOLINGUAL not in values or len(values) == 1:
        return True
    listed = (values - {MONOLINGUAL}).pop()
    return "," not in listed and not listed[:1].isdigit()


def _text(one: Reading, other: Reading, _fact: Fact) -> bool:
    """Compare what things are called; `Qwen/Qwen2.5-32B` is `Qwen2.5-32B`."""
    first, second = (str(each.value).strip().casefold().rpartition("/")[2] for each in (one, other))
    return first == second


def _flag(one: Reading, other: Reading, _fact: Fact) -> bool:
    return one.value == other.value


def _free(one: Reading, other: Reading, _fact: Fact) -> bool:
    return True


COMPARISONS: Mapping[str, Agree] = {
    "number": _number,
    "date": _date,
    "licence": _licence,
    "languages": _languages,
    "text": _text,
    "flag": _flag,
    "none": _free,
}
