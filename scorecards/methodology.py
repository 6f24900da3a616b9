"""Writes docs/methodology.md from the rubric: `python -m scorecards.methodology > docs/methodology.md`."""

import sys
from collections.abc import Iterator

from scorecards import rubric
from scorecards.rubric import Fact, Indicator, Rubric
from scorecards.verdict import POINTS

CHECKS = {
    "artifact": "a file that we hold or a host lists: weights, configuration, licence text, repository",
    "document": "the developer's own words: card, report, terms, price list, policy",
    "metadata": "what hosts and cards keep in fields: front matter, dates, identifiers",
    "probe": "requests to an endpoint, or to an address that ought to answer",
}
"""What the best evidence of an indicator is; other evidence counts too."""

COMPARES = {
    "number": "numbers, within the tolerance or as one rounds the other",
    "date": "dates, as far as both are exact",
    "licence": "licences by one spelling, where both are known",
    "languages": "one language alone against a list",
    "text": "names without regard to case",
    "flag": "yes against no",
    "none": "never set against each other",
}
APPLIES = {
    "all": "every model",
    "open_weights": "open weights",
    "closed_weights": "closed weights",
    "served": "models with an endpoint",
    "hosted": "models that their developer serves",
}
INTRODUCTION = """\
# Methodology

Written from `scorecards/data/rubric-{id}.toml` by `python -m scorecards.methodology`; a test keeps both equal.

**A verdict** is one of: `verified` (we ran a check on an artifact or endpoint), `disclosed` (the developer's
own document says so: snapshot by SHA-256, exact quote with offsets), `partial` (vague, incomplete, or only for
some), `claimed` (submitted, or somebody else's word), `absent` (looked through everything named, it is not
there), `contradicted` (two sources, or a source and a probe, disagree: both are shown), `unchecked` (we could
not look), `not_applicable`.

**Facts come first.** Documents, files and probes are read into facts; an indicator asks for one or more of them, and
other rubrics are views over the same facts (`scorecards/data/views/`). One run of collecting answers them all.

**One fact**: everything known of it is set against each other. What we executed verifies or contradicts what is said;
two sources that disagree are contradicted, never averaged; somebody else's word neither contradicts nor earns.

**An indicator of several facts**: one contradicted fact contradicts it. All earned: the weakest of them. Some earned:
`partial`. None, though somebody looked: `absent`. Nobody looked: `unchecked`. A fact that this model cannot have
(active parameters without a mixture of experts) is left out. An indicator that *holds* is earned by a true value only;
one that is *present*, by any.

**An indicator that does not apply** is left out of the score: each says which models it asks about. Models are open or
closed by their weights; *served* where any endpoint is known, *hosted* where the developer's own is.

**How it is looked into**, best evidence first:

{checks}

**Points**: {points}. `unchecked` and `not_applicable` have none and never lower a score.

**A pillar** is published as score, range and coverage. The score is the mean of what was checked, times 100.
The range says where it could lie if everything unchecked were at its worst or its best. Below a coverage of 0.5
there is no number on the badge, but "insufficient evidence". With nothing checked, the score is null.

**Evidence ages**: past its time to live a verdict is flagged stale, and a new card says so.

**The endpoint that speaks for a model** is the developer's own if it was measured, else the median one of those
measured; the card names it. Measurements are pooled over {window} hours. No P95 below 20 samples.
"""


COST = """\
Each standard workload (`scorecards/data/workloads.toml`) counts the same: 100 at {best}, 0 at {worst} {unit}, on one
{kind} scale for all, never relative to other models. Prices in another currency count at the dated rate of
`scorecards/data/exchange_rates.toml`. The range covers every hour of the week, prices that sources dispute and, for the
developer's own endpoints, every region; where the hour decides, the score stands halfway. The figure of a model is that
of its developer's own endpoint, else of the median one with prices. Without prices it is null.
"""
MEASURED_COST = """\
Where it was measured, `{quantity}` counts like one more workload: 100 at {best}, 0 at {worst} {unit}, {kind}. It is
what all tasks of the probe `task_cost` cost, by the tokens billed and the prices of that instant, over the number
solved; tasks that were refused or cut at the probe's cap were paid for too. Its range is the 95 % interval by Fieller's
theorem; with so few solved that it has no upper end, it is not measured. Where it was not measured, nothing is missing.
"""


def render(rules: Rubric) -> str:
    """Return the methodology of a rubric as Markdown."""
    points = ", ".join(f"`{state.value}` {value}" for state, value in POINTS.items())
    checks = "\n".join(f"- {name}: {what}" for name, what in CHECKS.items())
    introduction = INTRODUCTION.format(id=rules.id, points=points, window=rules.window_hours, checks=checks)
    return "\n".join([introduction, *_domains(rules), *_facts(rules), *_performance(rules), *_cost(rules)])


def _domains(rules: Rubric) -> Iterator[str]:
    for domain, question in rules.domains.items():
        yield f"## {domain.capitalize()}: {question}\n"
        yield from (_indicator(one) for one in rules.indicators if one.domain == domain)


def _indicator(one: Indicator) -> str:
    applies, facts = APPLIES[one.applies_to], ", ".join(f"`{fact}`" for fact in one.facts)
    rows = [
        f"### {one.id} {one.title}\n",
        f"{one.question} {one.motivation}\n",
        f"Looked into by: {one.check} ({facts}). Applies to: {applies}. Fresh for {one.ttl_days} days.\n",
        *(f"- `{state}`: {what}" for state, what in one.earns.items()),
        f"\nTo earn it: {one.remediation}",
    ]
    if one.crosswalk:
        rows.append("Elsewhere: " + ", ".join(f"{name} {key}" for name, key in one.crosswalk.items()) + ".")
    return "\n".join(rows) + "\n"


def _facts(rules: Rubric) -> Iterator[str]:
    yield "## Facts\n"
    yield (
        "How two sources on one fact are compared: "
        + "; ".join(f"{name}: {what}" for name, what in COMPARES.items())
        + "."
    )
    yield "\n| fact | title | kind | unit | compared as | asked by |\n|---|---|---|---|---|---|"
    for one in rules.facts.values():
        asked = ", ".join(indicator.id for indicator in rules.indicators if one.id in indicator.facts) or "views only"
        waits = f"; waits for {one.awaits}" if one.awaits else ""
        yield f"| `{one.id}` | {one.title} | {one.kind} | {one.unit} | {_compared(one)} | {asked}{waits} |"
    yield ""


def _compared(fact: Fact) -> str:
    only = f", only if {fact.only_if.replace('_', ' ')}" if fact.only_if else ""
    return (f"{fact.compare} ±{fact.tolerance * 100:g} %" if fact.tolerance else fact.compare) + only


def _performance(rules: Rubric) -> Iterator[str]:
    yield "## Performance scales\n"
    yield "Fixed, never relative to other models.\n"
    yield "| quantity | 0 at | 100 at | scale | weight |\n|---|---|---|---|---|"
    for one in rules.performance:
        yield f"| {one.title} | {one.worst} {one.unit} | {one.best} {one.unit} | {one.kind} | {one.weight} |"
    yield ""


def _cost(rules: Rubric) -> Iterator[str]:
    if rules.cost is None:
        return
    scale = rules.cost
    yield "## Cost scale\n"
    yield COST.format(best=scale.best, worst=scale.worst, unit=scale.unit, kind=scale.kind)
    if rules.measured_cost:
        scale = rules.measured_cost
        best, worst = (format(one, "f") for one in (scale.best, scale.worst))
        yield MEASURED_COST.format(quantity=scale.quantity, best=best, worst=worst, unit=scale.unit, kind=scale.kind)


if __name__ == "__main__":
    sys.stdout.write(render(rubric.load()))
