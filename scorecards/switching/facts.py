"""What counts for portability and no conformance probe finds out: weights, hosts, lifecycle, exit, price shape."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from scorecards.catalog import SNAPSHOT, Endpoint, Model
from scorecards.evidence import Reading, Source, family
from scorecards.scoring import ONE, ZERO
from scorecards.switching import rules
from scorecards.switching.rules import Host, Promise, Rules
from scorecards.transparency import licences
from scorecards.verdict import State, Verdict

HALF = Decimal("0.5")
KNOWN = frozenset({State.VERIFIED, State.DISCLOSED, State.PARTIAL})
BILLING = ("usage_sums", "usage_grows", "usage_repeats", "usage_verified")
"""What the probe `billing_honesty` answers with yes or no."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one fact.

    Attributes:
        points: 0..1; None = unknown.
        low, high: What `points` may be at least and at most; the same where it is exact.
        url: Where the fact was read; "" where `sources` says it, or the catalogue.
    """

    points: Decimal | None
    reason: str
    low: Decimal = ZERO
    high: Decimal = ONE
    url: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that the score of one endpoint may rest on.

    Attributes:
        peers: All endpoints of the model, this one among them.
        readings: The newest fresh reading with a value of each quantity at the endpoint.
        facts: The card's facts about the model, by name.
    """

    endpoint: Endpoint
    model: Model
    peers: Sequence[Endpoint]
    readings: Mapping[str, Reading]
    facts: Mapping[str, Verdict]
    hosts: Mapping[str, Host] = field(default_factory=rules.hosts)
    terms: Mapping[tuple[str, str], Promise] = field(default_factory=rules.terms)

    @property
    def host(self) -> Host | None:
        """Who runs the endpoint; None = not known."""
        return self.hosts.get(self.endpoint.provider)

    def fact(self, name: str) -> Verdict | None:
        """Return a fact of the card that has a value; None without one."""
        found = self.facts.get(name)
        return found if found and found.state in KNOWN and found.value is not None else None


def exact(points: Decimal, reason: str, url: str = "", sources: tuple[Source, ...] = ()) -> Found:
    """Return a fact that is known without error."""
    return Found(points, reason, points, points, url, sources)


def unknown(reason: str) -> Found:
    """Return a fact that nobody could find out."""
    return Found(None, reason)


def closed(known: Known) -> bool | None:
    """Tell whether the weights are kept back; None = not known. What was seen outweighs what the catalogue says."""
    available = known.fact("weights_available")
    if available is not None and isinstance(available.value, bool):
        return not available.value
    return None if known.model.open_weights is None else not known.model.open_weights


NOT_SAID = "nobody says whether the weights are open"
KEPT_BACK = "the weights are not published"


def _weights(known: Known, _rules: Rules) -> Found:
    available, kept_back = known.fact("weights_available"), closed(known)
    if available is not None and kept_back is False:
        return exact(available.points or ZERO, available.reason, sources=available.evidence)
    if kept_back is None:
        return unknown(NOT_SAID)
    if kept_back:
        return exact(ZERO, KEPT_BACK)
    cited = known.model.cited
    return exact(ONE, f"the catalogue says so: {cited.source}, {cited.checked}")


def _licence(known: Known, scale: Rules) -> Found:
    kept_back = closed(known)
    if kept_back is None or kept_back:
        return exact(ZERO, KEPT_BACK) if kept_back else unknown(NOT_SAID)
    fact = known.fact("weights_licence")
    name = str(fact.value) if fact else known.model.licence
    if name is None:
        return unknown("nobody has read the licence of the weights")
    what = licence_class(name)
    return exact(scale.licence[what], f"{name}: {what}", sources=fact.evidence if fact else ())


def licence_class(name: str) -> str:
    """Return `osi`, `open`, `restricted` or, for a licence that the table lacks, `custom`."""
    found = licences.table().get(licences.normalised(name))
    if found is None:
        return {True: "open", False: "restricted", None: "custom"}[licences.is_open(name)]
    return "osi" if found.osi else "open" if found.open else "restricted"


def _self_hosting(known: Known, _rules: Rules) -> Found:
    kept_back, available = closed(known), known.fact("weights_available")
    if kept_back is None or kept_back:
        return exact(ZERO, KEPT_BACK) if kept_back else unknown(NOT_SAID)
    if available is not None and available.state is State.VERIFIED:
        return exact(ONE, f"weights in a form that engines read: {available.reason}", sources=available.evidence)
    if known.model.hub_repo:
        return Found(HALF, f"{known.model.hub_repo} holds them; whether an engine runs them was not tried", HALF, ONE)
    return unknown("nobody has looked into the files of the weights")


def _independent_hosts(known: Known, scale: Rules) -> Found:
    """Count who runs machines: closed weights have one, whoever sells them on; the catalogue may lack some."""
    served = {one.provider: known.hosts.get(one.provider) for one in known.peers}
    if closed(known):
        return exact(
            ZERO, f"closed weights: all hosts ({', '.join(sorted(served))}) serve them by leave of one developer"
        )
    operators = {host.group for host in served.values() if host and not host.resells}
    if not operators:
        return unknown(f"who runs {', '.join(sorted(served))} stands in no table")
    resellers = sorted(name for name, host in served.items() if host and host.resells)
    named = sum(host is not None and not host.resells for host in served.values())
    most = scale.hosts[-1]
    points = scale.hosts[min(len(operators), len(scale.hosts) - 1)] / most
    names = ", ".join(sorted(operators))
    reason = f"{len(operators)} independent of {named} hosts in the catalogue ({names})"
    reason += f"; resellers, not counted: {', '.join(resellers)}" if resellers else ""
    return Found(points, f"{reason}; there may be more", points, ONE)


def _pinned(known: Known, _rules: Rules) -> Found:
    if SNAPSHOT.search(known.endpoint.model_id):
        return exact(ONE, f"{known.endpoint.model_id} names a snapshot by its date")
    return unknown(f"{known.endpoint.model_id} has no date; whether it may come to mean another version is not known")


def _notice(known: Known, scale: Rules) -> Found:
    promise = known.host.notice_days if known.host else None
    if promise is None:
        return unknown(f"nobody has read how long before an end {known.endpoint.provider} tells of it")
    share = next(share for days, share in scale.notice if promise.value >= days)
    return exact(share, f"at least {promise.value} days: {promise.note} Read {promise.checked}.", promise.source)


def _end_date(known: Known, _rules: Rules) -> Found:
    promise = known.host.end_date if known.host else None
    if promise is None:
        return unknown(f"nobody has read whether the list of models of {known.endpoint.provider} tells ends")
    return exact(Decimal(bool(promise.value)), f"{promise.note} Read {promise.checked}.", promise.source)


def _silent_change(known: Known, _rules: Rules) -> Found:
    return _flag(known, "silent_change", good=False, by="silent_change")


def _flag(known: Known, quantity: str, *, good: bool, by: str) -> Found:
    found = known.readings.get(quantity)
    if found is None or not isinstance(found.value, bool):
        return unknown(f"the probe {by} has no fresh answer to this here")
    return exact(Decimal(found.value is good), f"{by}: {found.note}", sources=found.sources)


def _term(name: str) -> Callable[[Known, Rules], Found]:
    def found(known: Known, _rules: Rules) -> Found:
        promise = known.terms.get((known.endpoint.provider, name))
        if promise is None:
            return unknown(f"nobody has read what {known.endpoint.provider} says of it")
        return exact(Decimal(bool(promise.value)), f"{promise.note} Read {promise.checked}.", promise.source)

    return found


def _tuned(known: Known, scale: Rules) -> Found:
    if closed(known) is False:
        return exact(ONE, "open weights: they can be tuned anywhere, and the result is one's own")
    return _term("tuned_weights")(known, scale)


def _stateless(_known: Known, _rules: Rules) -> Found:
    return exact(ONE, "each request carries its whole conversation, and nothing is left stored")


def _language(known: Known, scale: Rules) -> Found:
    found = [one for one in known.readings.values() if family(one.quantity) == "language_premium"]
    told = {one.quantity.partition(":")[2]: one.value for one in found if isinstance(one.value, Decimal)}
    if not told:
        return unknown("the probe language_premium has no fresh answer here")
    dearest = max(told, key=lambda name: (told[name], name))
    best, worst = scale.language
    points = min(ONE, max(ZERO, (worst - told[dearest]) / (worst - best)))
    reason = f"of {len(told)} languages {dearest} takes the most tokens, {told[dearest]:.2f} times English"
    return exact(points, reason, sources=tuple(source for one in found for source in one.sources))


def _context(known: Known, _rules: Rules) -> Found:
    return _flag(known, "declared_context_accepted", good=True, by="limits")


def _billing(known: Known, _rules: Rules) -> Found:
    found = [known.readings[name] for name in BILLING if name in known.readings]
    if not found:
        return unknown("the probe billing_honesty has no fresh answer here")
    held = [one for one in found if one.value is True]
    broken = "; ".join(one.note for one in found if one.value is not True)
    reason = f"{len(held)} of {len(found)} checks of billed tokens hold" + (f"; {broken}" if broken else "")
    return exact(Decimal(len(held)) / len(found), reason, sources=tuple(one for each in found for one in each.sources))


FACTS: Mapping[str, Callable[[Known, Rules], Found]] = {
    "weights_downloadable": _weights,
    "licence_class": _licence,
    "self_hosting": _self_hosting,
    "independent_hosts": _independent_hosts,
    "pinned_id": _pinned,
    "notice_period": _notice,
    "machine_end_date": _end_date,
    "no_silent_change": _silent_change,
    "tuned_weights": _tuned,
    "data_export": _term("data_export"),
    "switching_charges": _term("switching_charges"),
    "stateless": _stateless,
    "embeddings_documented": _term("embeddings_documented"),
    "language_premium": _language,
    "context_as_declared": _context,
    "billing": _billing,
}
"""Fact of the rules file → how it is found out."""
