"""What to do after a drill: switch, canary, stay or undecided, by one table of rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scorecards.compare.shown import Json
from scorecards.switching import quality
from scorecards.switching.constraints import Checked, State
from scorecards.switching.findings import BREAKS, Finding, Seen
from scorecards.switching.gate import Fate
from scorecards.switching.quality import Quality

SOON_DAYS = 180
"""Who ends earlier than in so many days is not worth moving to."""
BREAKS_OFTEN = Decimal("0.05")
"""Share of the prompts that may break in a canary."""


class Advice(StrEnum):
    """What to do."""

    SWITCH = "switch"
    CANARY = "canary"
    """Send a small part of the traffic there first, and mend what is named."""
    STAY = "stay"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at; `prompts` are those at which A's answers have a score."""

    seen: Seen
    constraints: Sequence[Checked]
    findings: Sequence[Finding]
    prompts: int

    def of(self, *kinds: str) -> list[Finding]:
        """Return the findings of these kinds."""
        return [one for one in self.findings if one.kind in kinds]

    @property
    def broken(self) -> int:
        """Prompts that break."""
        return len({prompt for one in self.of(*BREAKS) for prompt in one.prompts})

    @property
    def quality(self) -> Quality | None:
        """The comparison's difference of scores; None when nothing was asked."""
        return self.seen.side.get("quality")

    @property
    def verdict(self) -> str:
        """Of the quality; "" when nothing was asked."""
        return quality.verdict(self.quality, self.seen.margin) if self.quality else ""

    @property
    def more_prompts(self) -> int | None:
        """How many prompts more would decide; None where it is decided, or nobody can tell."""
        return quality.more_prompts(self.quality, self.seen.margin) if self.quality else None


def _gated(case: Case) -> str:
    return _named("B lacks what the program needs", [one.probe for one in case.seen.gate.stops])


def _unmet(case: Case) -> str:
    unmet = [
        f"{one.name} (wants {one.wanted}, has {one.found})" for one in case.constraints if one.state is State.UNMET
    ]
    return _named("constraints are not met", unmet)


def _ends(case: Case) -> str:
    a, b = case.seen.baseline, case.seen.candidate
    if b.lifecycle == "retired":
        return "B is retired"
    if b.ends is None or (b.ends - case.seen.as_of).days > SOON_DAYS or (a.ends is not None and a.ends <= b.ends):
        return ""
    return f"B is served only until {b.ends}"


def _not_asked(case: Case) -> str:
    return "" if case.quality else "nothing was asked"


def _worse(case: Case) -> str:
    return _named("the quality is worse", [one.what or "on the whole" for one in case.of("quality")])


def _breaks_often(case: Case) -> str:
    if not case.prompts or Decimal(case.broken) / case.prompts <= BREAKS_OFTEN:
        return ""
    return f"{case.broken} of {case.prompts} prompts break: {_kinds(case)}"


def _unanswered(case: Case) -> str:
    return "".join(f"B left requests unanswered: {one.detail}; ask again" for one in case.of("unanswered"))


def _dearer(case: Case) -> str:
    return "".join(f"B costs {one.detail}, and is not better" for one in case.of("price") if case.verdict != "better")


def _undecided(case: Case) -> str:
    if case.verdict != "undecided" or case.quality is None:
        return ""
    if not case.quality["n"]:
        return "no prompt has a check that could tell at both"
    return f"{quality.told(case.quality)}: undecided, about {case.more_prompts} prompts more would decide"


def _unknown(case: Case) -> str:
    unknown = [one.probe for one in case.seen.gate.of(Fate.UNKNOWN) if one.use == "needed"]
    unknown += [one.name for one in case.constraints if one.state is State.UNKNOWN]
    return _named("find out first", unknown)


def _mend(case: Case) -> str:
    mended = [_kinds(case)] if case.broken else []
    mended += [f"{one.kind} {one.what}" for one in case.of("feature_lost", "parameter_ignored", "feature_weaker")]
    return _named(
        "to be mended or watched", [*mended, *(one.kind for one in case.of("keys_unchecked", "price", "latency"))]
    )


def _fine(case: Case) -> str:
    return f"the quality is {case.verdict}, and nothing breaks"


def _named(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(dict.fromkeys(names))}" if names else ""


def _kinds(case: Case) -> str:
    return ", ".join(f"{one.kind} {len(one.prompts)}" for one in case.of(*BREAKS))


RULES: Sequence[tuple[Advice, Callable[[Case], str]]] = (
    (Advice.STAY, _gated),
    (Advice.STAY, _unmet),
    (Advice.STAY, _ends),
    (Advice.UNDECIDED, _not_asked),
    (Advice.STAY, _worse),
    (Advice.STAY, _breaks_often),
    (Advice.UNDECIDED, _unanswered),
    (Advice.STAY, _dearer),
    (Advice.UNDECIDED, _undecided),
    (Advice.UNDECIDED, _unknown),
    (Advice.CANARY, _mend),
    (Advice.SWITCH, _fine),
)
"""The first rule with a reason decides; the reasons of those after it, the last left aside, are told as well."""


def advise(case: Case) -> Json:
    """Return what to do and why, and how many prompts more would decide; null where none would, or none is needed."""
    told = [(advice, reason) for advice, rule in RULES if (reason := rule(case))]
    advice, reason = told[0]
    also = [why for _, why in told[1:-1]]
    if ends := case.seen.baseline.ends:
        also.append(f"A is served only until {ends}")
    return {
        "advice": advice.value,
        "reason": reason,
        "also": also,
        "more_prompts": case.more_prompts,
    }
