"""What the exchanges of a probe say of its endpoint."""

from collections.abc import Sequence
from datetime import datetime

from scorecards.evidence import Basis, Finding, Reading
from scorecards.exchanges import Exchange
from scorecards.probes._probe import Probe, Target
from workers.asking import obstacle


def read(probe: Probe, target: Target, exchanges: Sequence[Exchange], now: datetime) -> list[Reading]:
    """Return what exchanges say; what an endpoint that cannot be asked leaves open says why."""
    if exchanges:
        return list(probe.read(target, exchanges))
    reason = obstacle(target.endpoint) or "the plan holds nothing to ask of this endpoint"
    return [
        Reading(one, target.endpoint.ref, Finding.UNMEASURED, Basis.EXECUTED, now, probe.reader, note=reason)
        for one in probe.quantities
    ]
