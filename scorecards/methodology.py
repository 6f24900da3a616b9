"""Writes docs/methodology.md from the rubric: `python -m scorecards.methodology > docs/methodology.md`."""

import sys
from collections.abc import Iterator

from scorecards import rubric
from scorecards.rubric import Indicator, Rubric
from scorecards.verdict import POINTS

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

**Points**: {points}. `unchecked` and `not_applicable` have none and never lower a score.

**A pillar** is published as score, range and coverage. The score is the mean of what was checked, times 100.
The range says where it could lie if everything unchecked were at its worst or its best. Below a coverage of 0.5
there is no number on the badge, but "insufficient evidence". With nothing checked, the score is null.

**Evidence ages**: past its time to live a verdict is flagged stale, and a new card says so.

**The endpoint that speaks for a model** is the developer's own if it was measured, else the median one of those
measured; the card names it. Measurements are pooled over {window} hours. No P95 below 20 samples.
"""


def render(rules: Rubric) -> str:
    """Return the methodology of a rubric as Markdown."""
    points = ", ".join(f"`{state.value}` {value}" for state, value in POINTS.items())
    parts = [INTRODUCTION.format(id=rules.id, points=points, window=rules.window_hours), *_domains(rules)]
    return "\n".join([*parts, *_performance(rules)])


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


def _performance(rules: Rubric) -> Iterator[str]:
    yield "## Performance scales\n"
    yield "Fixed, never relative to other models.\n"
    yield "| quantity | 0 at | 100 at | scale | weight |\n|---|---|---|---|---|"
    for one in rules.performance:
        yield f"| {one.title} | {one.worst} {one.unit} | {one.best} {one.unit} | {one.kind} | {one.weight} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(render(rubric.load()))
