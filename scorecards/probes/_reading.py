"""What every probe's reading shares: typed readings from exchanges, and one reason when there is nothing to read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from scorecards import statistics
from scorecards.catalog import Endpoint
from scorecards.encoding import source_of
from scorecards.evidence import Basis, Finding, Reading, Source, Value
from scorecards.exchanges import Exchange

NS_PER_MS = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes the readings of one run: same subject, reader and instant."""

    endpoint: Endpoint
    reader: str
    exchanges: Sequence[Exchange]

    def known(
        self, quantity: str, value: Value, exchanges: Sequence[Exchange], *, unit: str = "", note: str = ""
    ) -> Reading:
        """Return a value that rests on these exchanges."""
        return self._reading(quantity, Finding.KNOWN, value, exchanges, unit=unit, note=note)

    def partial(self, quantity: str, value: Value, exchanges: Sequence[Exchange], note: str) -> Reading:
        """Return a value that answers only part of the question."""
        return self._reading(quantity, Finding.PARTIAL, value, exchanges, note=note)

    def distribution(self, quantity: str, samples: Sequence[Decimal], unit: str, note: str = "") -> Reading:
        """Return the median of the samples, with the samples; UNMEASURED without any."""
        middle = statistics.median(samples)
        if middle is None:
            return self.unmeasured(quantity)
        sources = _sources(self.exchanges[:1])
        return Reading(
            quantity,
            self.endpoint.ref,
            Finding.KNOWN,
            Basis.EXECUTED,
            max(one.started_at for one in self.exchanges),
            self.reader,
            value=middle,
            unit=unit,
            n=len(samples),
            note=note,
            sources=sources,
            samples=tuple(samples),
        )

    def share(self, quantity: str, truths: Sequence[bool], exchanges: Sequence[Exchange], note: str = "") -> Reading:
        """Return the share of truths, with one sample of 1 or 0 each; UNMEASURED without any."""
        if not truths:
            return self.unmeasured(quantity, note)
        samples = tuple(Decimal(one) for one in truths)
        found = self.known(quantity, sum(samples, Decimal(0)) / len(samples), exchanges, note=note)
        return replace(found, n=len(samples), samples=samples)

    def unmeasured(self, quantity: str, note: str = "") -> Reading:
        """Return that the quantity could not be measured, with the commonest reason."""
        return self._reading(quantity, Finding.UNMEASURED, None, self.exchanges, note=note or why(self.exchanges))

    def _reading(
        self,
        quantity: str,
        finding: Finding,
        value: Value | None,
        exchanges: Sequence[Exchange],
        *,
        unit: str = "",
        note: str = "",
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
            n=sum(one.ok for one in exchanges),
            note=note,
            sources=_sources(exchanges),
        )


def why(exchanges: Iterable[Exchange]) -> str:
    """Return the commonest failure, in words; a plain sentence when nothing failed."""
    failures = Counter((one.outcome, one.detail) for one in exchanges if not one.ok)
    if not failures:
        return "the answers held nothing to measure"
    (outcome, detail), _ = max(failures.items(), key=lambda item: (item[1], item[0]))
    return f"{outcome}: {detail}" if detail else outcome


def ms(ns: int) -> Decimal:
    """Return nanoseconds as milliseconds, to the microsecond."""
    return round(Decimal(ns) / NS_PER_MS, 3)


def _sources(exchanges: Sequence[Exchange]) -> tuple[Source, ...]:
    return tuple(source_of(one) for one in exchanges)
