"""The picture of the domains: verdicts by domain, counted by state, narrowed by a filter that has an address."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scorecards.rubric import Rubric
from service.pages import formats
from service.pages.verdicts import STATES, VerdictView

DOMAINS = {
    "identity": "Identity",
    "access": "Access and licence",
    "interface": "Interface",
    "data": "Data",
    "compute": "Compute",
    "evaluation": "Evaluation",
    "operation": "Operation",
    "price": "Price and portability",
}


STALE = "stale"
MEANINGS = {**STATES, STALE: "older than its time to live; it counts until it is looked at again"}
"""Every filter with its meaning."""


@dataclass(frozen=True, slots=True)
class DomainView:
    """One domain: a row of the picture and a group of verdicts, both in the order of the rubric.

    Attributes:
        anchor: Of the group.
        question: What the domain asks; "" when this instance does not hold the card's rubric.
        counts: State, in words, and how many, for states that something has.
        shown, folded: The verdicts that stand open, and the others.
    """

    anchor: str
    title: str
    question: str
    marks: Sequence[VerdictView]
    counts: Sequence[tuple[str, str, int]]
    checked: int
    applicable: int
    shown: Sequence[VerdictView]
    folded: Sequence[VerdictView]


@dataclass(frozen=True, slots=True)
class FilterView:
    """One way to narrow the verdicts: `name` of a state or `stale`, "" = all of them."""

    name: str
    words: str
    meaning: str
    count: int
    href: str
    chosen: bool


def filters(verdicts: Sequence[VerdictView], page: str, wanted: str) -> list[FilterView]:
    """Return the ways to narrow these verdicts, in the order of the states; what nothing has is left out."""
    counted = Counter(one.state for one in verdicts)
    counts = {**{name: counted.pop(name, 0) for name in STATES}, **counted, STALE: sum(one.stale for one in verdicts)}
    known = {name: count for name, count in counts.items() if count}
    chosen = wanted if wanted in known else ""
    return [FilterView("", "all", "", len(verdicts), f"{page}#verdicts", not chosen)] + [
        FilterView(
            name=name,
            words=formats.words(name),
            meaning=MEANINGS.get(name, ""),
            count=count,
            href=f"{page}?state={formats.query(name)}#verdicts",
            chosen=name == chosen,
        )
        for name, count in known.items()
    ]


def groups(
    published: Sequence[Mapping[str, Any]], shown: Sequence[VerdictView], rules: Rubric | None, wanted: str = ""
) -> list[DomainView]:
    """Return the verdicts by domain, in the order of `DOMAINS`; a domain unknown to this page comes last.

    `wanted` is the filter; without one, all stand open but what does not apply.
    """
    found: dict[str, list[VerdictView]] = {name: [] for name in DOMAINS}
    for raw, one in zip(published, shown, strict=True):
        found.setdefault(raw["domain"], []).append(one)
    questions = rules.domains if rules else {}
    return [_domain(name, questions.get(name, ""), members, wanted) for name, members in found.items() if members]


def _domain(name: str, question: str, members: Sequence[VerdictView], wanted: str) -> DomainView:
    counted = Counter(one.state for one in members)
    order = [*STATES, *sorted(counted.keys() - STATES.keys())]
    applicable = len(members) - counted["not_applicable"]
    return DomainView(
        anchor=formats.anchor("domain", name),
        title=DOMAINS.get(name, formats.words(name).capitalize()),
        question=question,
        marks=members,
        counts=[(state, formats.words(state), counted[state]) for state in order if counted[state]],
        checked=applicable - counted["unchecked"],
        applicable=applicable,
        shown=[one for one in members if _is_wanted(one, wanted)],
        folded=[one for one in members if not _is_wanted(one, wanted)],
    )


def _is_wanted(one: VerdictView, wanted: str) -> bool:
    if wanted == STALE:
        return one.stale
    return one.state == wanted if wanted else one.state != "not_applicable"
