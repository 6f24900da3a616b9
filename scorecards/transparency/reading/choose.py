"""Of many candidate statements of one document, the one that answers each quantity best."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from scorecards.transparency.reading.find import Candidate
from scorecards.transparency.reading.lexicon import Kind


def best(candidates: Iterable[Candidate], kinds: Mapping[str, Kind]) -> dict[str, Candidate]:
    """Return the best candidate of every quantity that has one: known before partial before refused."""
    by_quantity: defaultdict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        by_quantity[one.quantity].append(one)
    return {quantity: _best(found, kinds[quantity]) for quantity, found in by_quantity.items()}


def _best(found: Sequence[Candidate], kind: Kind) -> Candidate:
    for earns in ("known", "partial", "absent"):
        equal = [one for one in found if one.earns == earns]
        if equal:
            first = min(one.rank for one in equal)
            return _picked([one for one in equal if one.rank == first], kind)
    raise ValueError("wants at least one candidate")


def _picked(equal: Sequence[Candidate], kind: Kind) -> Candidate:
    if kind.pick == "largest" and (numbers := [one for one in equal if isinstance(one.value, Decimal)]):
        largest = max(numbers, key=lambda one: (one.value, -one.order))
        return replace(largest, of_family=len({one.value for one in numbers}) > 1)
    if kind.pick == "latest":
        return max(equal, key=lambda one: (str(one.value), -one.order))
    if kind.pick == "earliest":
        return min(equal, key=lambda one: (str(one.value), one.order))
    return min(equal, key=lambda one: one.order)
