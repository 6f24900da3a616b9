"""What a drill found at a candidate, each thing by its name: features, breaks, price, time, quality, ends."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from scorecards.compare.breaks import ORDER
from scorecards.compare.shown import Json, digits
from scorecards.switching import chance, quality
from scorecards.switching.gate import Fate, Gate
from scorecards.switching.party import GONE, Party

DEARER = Decimal("1.25")
"""Times A's cost from which a price is a finding of its own; its whole interval has to lie above."""
SLOWER, SLOWER_MS = Decimal("0.2"), Decimal(100)
"""Share of A's median time, and ms, by which B has to be slower, its whole interval above 0, to be a finding."""
UNANSWERED = Decimal("0.05")
"""Share of B's requests without an answer from which it is a finding."""

TITLES: Mapping[str, str] = {
    "feature_lost": "a feature that the program uses is lost",
    "parameter_ignored": "a parameter that the program uses is ignored",
    "feature_weaker": "a feature that the program uses works in part only",
    "timeout": "no answer in time",
    "rejected": "the request is rejected",
    "refusal": "the model refuses",
    "truncation": "the answer is cut off",
    "empty": "the answer is empty",
    "wrong_language": "the answer is in another language",
    "tool_call": "the tool is called wrongly",
    "key_drift": "the keys of the JSON differ",
    "format_drift": "the form of the answer differs",
    "wrong_answer": "the answer is wrong",
    "keys_unchecked": "keys that A always has are missing, and no check asks for them",
    "quality": "the quality is worse",
    "price": "it costs more",
    "latency": "it is slower",
    "unanswered": "requests stay unanswered",
    "end": "it ends, or is to be ended",
}
"""Kind → what it is, in the order in which a report tells them."""
BREAKS = tuple(one.value for one in ORDER)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a program would notice after moving.

    Attributes:
        kind: Of TITLES.
        what: The feature, slice or time it is about; "" where the kind says it all.
        detail: What was found, with its numbers.
        prompts: At which it shows; () where it is not about prompts.
        needed: Whether the program cannot do without.
    """

    kind: str
    detail: str
    what: str = ""
    prompts: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """All that findings rest on.

    Attributes:
        side: What the comparison says of the candidate, {} when nothing was asked.
        a, b: What it says of each endpoint.
        slices: By which the app wants the differences.
        margin: Differences of scores within ± this much are of no matter.
    """

    gate: Gate
    baseline: Party
    candidate: Party
    as_of: date
    side: Mapping[str, Any]
    a: Mapping[str, Any]
    b: Mapping[str, Any]
    slices: Sequence[str]
    margin: Decimal

    @property
    def breaks_expected(self) -> Decimal | None:
        """How many breaks are no news; None where A was never repeated."""
        flips = self.a.get("flips")
        if not flips:
            return None
        flipped = round(Decimal(flips["value"]) * flips["n"])
        return chance.expected(flipped, flips["n"], flips["n"], (self.a["repeats"], self.b["repeats"]))

    @property
    def breaks_are_news(self) -> bool:
        """Whether there are more breaks than two that are alike would show."""
        return chance.more_than_chance(len(self.side.get("breaks", ())), self.breaks_expected)

    @property
    def news_of_keys(self) -> bool:
        """Whether each was asked twice at least: once alone, a key may be missing by chance."""
        return all(one.get("repeats", 0) > 1 for one in (self.a, self.b))


def find(seen: Seen) -> list[Finding]:
    """Return every finding, in the order of TITLES; breaks only where there are more than chance makes."""
    found = [one for source in SOURCES for one in source(seen)]
    return sorted(found, key=lambda one: ([*TITLES].index(one.kind), one.what))


def may_be_chance(seen: Seen) -> list[Finding]:
    """Return the breaks that two endpoints that are alike might show as well."""
    return [
        *([] if seen.breaks_are_news else _by_kind(seen)),
        *([] if seen.news_of_keys else _unchecked(seen)),
    ]


def document(one: Finding) -> Json:
    """Return a finding as JSON."""
    return {
        "kind": one.kind,
        "title": TITLES[one.kind],
        "what": one.what or None,
        "detail": one.detail,
        "prompts": list(one.prompts),
        "needed": one.needed,
    }


def _features(seen: Seen) -> Iterator[Finding]:
    kinds = {"feature_lost": Fate.LOST, "parameter_ignored": Fate.IGNORED, "feature_weaker": Fate.WEAKER}
    for kind, fate in kinds.items():
        for one in seen.gate.of(fate):
            detail = f"A: {one.a.word} ({one.a.reason}); B: {one.b.word} ({one.b.reason})"
            yield Finding(kind, detail, one.probe, needed=one.use == "needed")


def _breaks(seen: Seen) -> Iterator[Finding]:
    if seen.breaks_are_news:
        yield from _by_kind(seen)


def _by_kind(seen: Seen) -> Iterator[Finding]:
    found = seen.side.get("breaks", ())
    for kind in BREAKS:
        if of_kind := [one for one in found if one["kind"] == kind]:
            yield Finding(kind, of_kind[0]["reason"], prompts=tuple(one["prompt"] for one in of_kind))


def _keys(seen: Seen) -> Iterator[Finding]:
    if not seen.news_of_keys:
        return
    yield from _unchecked(seen)


def _unchecked(seen: Seen) -> Iterator[Finding]:
    broken = {one["prompt"] for one in seen.side.get("breaks", ())}
    found = [one for one in seen.side.get("key_drifts", ()) if one["prompt"] not in broken]
    if found:
        yield Finding("keys_unchecked", _drift(found[0]), prompts=tuple(one["prompt"] for one in found))


def _drift(one: Mapping[str, Any]) -> str:
    renamed = [f"{old} → {new}" for old, new in one["renamed"].items()]
    parts = {"renamed": renamed, "missing": one["missing"], "added": one["added"], "of another type": one["mistyped"]}
    return "; ".join(f"{word} {', '.join(keys)}" for word, keys in parts.items() if keys)


def _quality(seen: Seen) -> Iterator[Finding]:
    whole = [("", seen.side["quality"])] if seen.side.get("quality") else []
    slices = [(f"{one['by']} {one['name']}", one) for one in seen.side.get("slices", ()) if one["by"] in seen.slices]
    for what, one in (*whole, *slices):
        if quality.verdict(one, seen.margin) == "worse":
            yield Finding("quality", quality.told(one), what)


def _price(seen: Seen) -> Iterator[Finding]:
    cost = seen.side.get("cost_usd")
    if cost and cost["times"]["low"] is not None and Decimal(cost["times"]["low"]) > DEARER:
        times = cost["times"]
        detail = (
            f"{times['value']} times as much ({times['low']} to {times['high']}, n = {cost['n']}): "
            f"{cost['b_per_1k']} USD per 1,000 requests instead of {cost['a_per_1k']}"
        )
        yield Finding("price", detail)


def _latency(seen: Seen) -> Iterator[Finding]:
    for name, what in (("e2e_ms", "the whole answer"), ("ttft_ms", "the first token")):
        one = seen.side.get(name)
        if one and one["low"] is not None and Decimal(one["low"]) > 0 and _much(one):
            detail = f"{one['difference']} ms more at the median ({one['low']} to {one['high']}, n = {one['n']})"
            yield Finding("latency", f"{detail}: {one['b_p50']} ms instead of {one['a_p50']}", what)


def _much(one: Mapping[str, Any]) -> bool:
    return Decimal(one["difference"]) > max(SLOWER * Decimal(one["a_p50"]), SLOWER_MS)


def _unanswered(seen: Seen) -> Iterator[Finding]:
    lacking, asked = sum(seen.b.get("unanswered", {}).values()), _asked(seen.b)
    if asked and Decimal(lacking) / asked > UNANSWERED:
        reasons = ", ".join(f"{name} {count}" for name, count in seen.b["unanswered"].items())
        yield Finding("unanswered", f"{lacking} of {asked} requests ({digits(Decimal(lacking) / asked)}): {reasons}")


def _asked(endpoint: Mapping[str, Any]) -> int:
    return int(endpoint["cells"] - endpoint["not_asked"]) if endpoint else 0


def _end(seen: Seen) -> Iterator[Finding]:
    for what, party in (("A", seen.baseline), ("B", seen.candidate)):
        if party.ends:
            yield Finding("end", f"served until {party.ends}, in {(party.ends - seen.as_of).days} days", what)
        elif party.lifecycle in GONE:
            yield Finding("end", f"{party.lifecycle}, no day is known", what)


SOURCES: Sequence[Callable[[Seen], Iterator[Finding]]] = (
    _features,
    _breaks,
    _keys,
    _quality,
    _price,
    _latency,
    _unanswered,
    _end,
)
