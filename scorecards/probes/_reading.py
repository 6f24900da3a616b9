"""What every probe's reading shares: typed readings from exchanges, and one reason when there is nothing to read."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards import statistics
from scorecards.catalog import Endpoint
from scorecards.encoding import source_of
from scorecards.evidence import Basis, Bound, Finding, Reading, Source, Value
from scorecards.exchanges import NOT_THE_ENDPOINTS_FAULT, Exchange, Outcome

REJECTED = frozenset({Outcome.BAD_REQUEST, Outcome.TOO_LARGE, Outcome.NOT_FOUND, Outcome.FORBIDDEN})
"""The endpoint looked at the request and would not have it: an honest no, never a bad answer."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes the readings of one run: same subject, reader and instant."""

    endpoint: Endpoint
    reader: str
    exchanges: Sequence[Exchange]

    def known(  # noqa: PLR0913 - each names itself
        self,
        quantity: str,
        value: Value,
        exchanges: Sequence[Exchange],
        *,
        unit: str = "",
        note: str = "",
        n: int | None = None,
        bound: Bound = Bound.EXACT,
        interval: tuple[Decimal, Decimal] | None = None,
    ) -> Reading:
        """Return a value that rests on these exchanges; `n` only where not each of them is one observation."""
        return self._reading(
            quantity, Finding.KNOWN, value, exchanges, unit=unit, note=note, n=n, bound=bound, interval=interval
        )

    def partial(self, quantity: str, value: Value, exchanges: Sequence[Exchange], note: str) -> Reading:
        """Return a value that answers only part of the question."""
        return self._reading(quantity, Finding.PARTIAL, value, exchanges, note=note)

    def distribution(
        self, quantity: str, samples: Sequence[Decimal], unit: str, note: str = "", missing: str = ""
    ) -> Reading:
        """Return the median of the samples, with the samples; UNMEASURED without any, `missing` says why."""
        middle = statistics.median(samples)
        if middle is None:
            return self.unmeasured(quantity, missing)
        # One exchange is shown as evidence; the value rests on all of them.
        shown = self.exchanges[:1]
        return self._reading(
            quantity, Finding.KNOWN, middle, shown, unit=unit, note=note, n=len(samples), samples=samples
        )

    def each(
        self,
        quantity: str,
        of: Callable[[Exchange], Decimal | None],
        exchanges: Iterable[Exchange],
        *,
        unit: str = "ms",
        note: str = "",
        missing: str = "",
    ) -> Reading:
        """Return the distribution of one figure over exchanges, without those that have none."""
        samples = [found for one in exchanges if (found := of(one)) is not None]
        return self.distribution(quantity, samples, unit, note, missing)

    def total(self, quantity: str, counts: Sequence[int], unit: str) -> Reading:
        """Return the sum of what was counted in each of several requests."""
        note = f"in {len(counts)} request{'s' if len(counts) != 1 else ''}"
        return self.known(quantity, Decimal(sum(counts)), [], unit=unit, note=note, n=len(counts))

    def share(self, quantity: str, truths: Sequence[bool], exchanges: Sequence[Exchange], note: str = "") -> Reading:
        """Return the share of truths, with one sample of 1 or 0 each; UNMEASURED without any, `note` says why."""
        if not truths:
            return self.unmeasured(quantity, note)
        samples = [Decimal(one) for one in truths]
        value = sum(samples, Decimal(0)) / len(samples)
        return self._reading(quantity, Finding.KNOWN, value, exchanges, note=note, n=len(samples), samples=samples)

    def unmeasured(self, quantity: str, note: str = "") -> Reading:
        """Return that the quantity could not be measured, with the commonest reason."""
        return self._reading(quantity, Finding.UNMEASURED, None, self.exchanges, note=note or why(self.exchanges), n=0)

    def nothing(self, quantities: Iterable[str]) -> Sequence[Reading]:
        """Return that none of these could be measured."""
        return [self.unmeasured(quantity) for quantity in quantities]

    def _reading(  # noqa: PLR0913 - the one place where readings are made
        self,
        quantity: str,
        finding: Finding,
        value: Value | None,
        exchanges: Sequence[Exchange],
        *,
        unit: str = "",
        note: str = "",
        n: int | None = None,
        bound: Bound = Bound.EXACT,
        samples: Sequence[Decimal] = (),
        interval: tuple[Decimal, Decimal] | None = None,
    ) -> Reading:
        return Reading(
            quantity,
            self.endpoint.ref,
            finding,
            Basis.EXECUTED,
            max(one.started_at for one in self.exchanges),
            self.reader,
            value=value,
            unit=unit,
            n=len(exchanges) if n is None else n,
            note=note,
            sources=_sources(exchanges),
            samples=tuple(samples),
            bound=bound,
            interval=interval,
        )


def attempts(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return the exchanges that say something about the endpoint, answered or not."""
    return [one for one in exchanges if one.outcome not in NOT_THE_ENDPOINTS_FAULT]


def why(exchanges: Iterable[Exchange]) -> str:
    """Return the commonest failure, in words; a plain sentence when nothing failed."""
    failures = Counter((one.outcome, one.detail) for one in exchanges if not one.ok)
    if not failures:
        return "the answers held nothing to measure"
    (outcome, detail), _ = max(failures.items(), key=lambda item: (item[1], item[0]))
    return f"{outcome}: {detail}" if detail else outcome


def _sources(exchanges: Sequence[Exchange]) -> tuple[Source, ...]:
    return tuple(source_of(one) for one in exchanges)
