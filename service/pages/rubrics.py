"""A rubric as its page shows it: domains, indicators, what earns what, the fixed scales."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scorecards.methodology import APPLIES
from scorecards.rubric import Indicator, Rubric, Scale
from scorecards.verdict import POINTS
from service.pages import formats
from service.pages.domains import DOMAINS
from service.pages.verdicts import STATES

ELSEWHERE = {
    "fmti2025": "FMTI 2025",
    "mof": "MOF",
    "osai": "OSAI",
    "eu_mdf": "EU Model Documentation Form",
    "cyclonedx": "CycloneDX",
    "spdx": "SPDX",
}
CHECKS = {
    "artifact": "the weights and the files beside them",
    "document": "documents",
    "metadata": "the catalogue's and the host's records",
    "probe": "requests to an endpoint",
}


@dataclass(frozen=True, slots=True)
class StateView:
    """A state of a verdict; `points` is None when it never counts."""

    name: str
    words: str
    meaning: str
    points: str | None


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One question of the rubric; `id` is its anchor.

    Attributes:
        earns: State, in words, and what it takes.
        facts: What answers it.
        elsewhere: Other rubrics with their name of the same question.
    """

    id: str
    title: str
    question: str
    motivation: str
    earns: Sequence[tuple[str, str, str]]
    remediation: str
    check: str
    applies: str
    ttl_days: int
    facts: Sequence[str]
    elsewhere: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DomainView:
    """One domain with its indicators."""

    anchor: str
    title: str
    question: str
    indicators: Sequence[IndicatorView]


@dataclass(frozen=True, slots=True)
class RubricView:
    """Everything on the page of a rubric."""

    id: str
    sha256: str
    title: str
    count: int
    states: Sequence[StateView]
    domains: Sequence[DomainView]
    scales: Sequence[Scale]
    window_hours: int


def view(rules: Rubric) -> RubricView:
    """Return a rubric ready to be shown."""
    points: Mapping[str, str] = {state.value: str(value) for state, value in POINTS.items()}
    return RubricView(
        id=rules.id,
        sha256=rules.sha256,
        title=rules.title,
        count=len(rules.indicators),
        states=[StateView(name, formats.words(name), what, points.get(name)) for name, what in STATES.items()],
        domains=[
            DomainView(
                anchor=formats.anchor("domain", name),
                title=DOMAINS.get(name, formats.words(name).capitalize()),
                question=question,
                indicators=[_indicator(one, rules) for one in rules.indicators if one.domain == name],
            )
            for name, question in rules.domains.items()
        ],
        scales=rules.performance,
        window_hours=rules.window_hours,
    )


def _indicator(one: Indicator, rules: Rubric) -> IndicatorView:
    return IndicatorView(
        id=one.id,
        title=one.title,
        question=one.question,
        motivation=one.motivation,
        earns=[(state, formats.words(state), one.earns[state]) for state in STATES if state in one.earns],
        remediation=one.remediation,
        check=CHECKS[one.check],
        applies=APPLIES[one.applies_to],
        ttl_days=one.ttl_days,
        facts=[rules.facts[name].title or formats.words(name) for name in one.facts],
        elsewhere=[(ELSEWHERE.get(name, formats.words(name)), key) for name, key in one.crosswalk.items()],
    )
