"""A comparison that has run, as literals, and how it is put into a database."""

from datetime import UTC, datetime
from decimal import Decimal

from scorecards.compare import cells, report
from scorecards.compare.candidate import Method
from scorecards.compare.order import Order
from scorecards.encoding import to_json
from scorecards.exchanges import Ask
from service.store import comparisons
from service.store.tables import ComparisonRow
from tests.scorecards.compare import making
from tests.scorecards.compare.making import A, B
from tests.scorecards.probes.making import said

AT = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
ATTACK = "<img src=x onerror=document.title='owned'>"
BIDI = "safe \u202edeggolf\u202c"
EVIL = {"id": ATTACK, "prompt": f"<script>document.title='owned'</script> {BIDI}", "lang": "en", "domain": ATTACK}
LONG = {"id": "long", "prompt": "Go on.", "lang": "en"}
ROWS = (*making.TICKETS, *making.SUMS, EVIL, LONG)
FAULTS = {(B, "ticket-3"): "renamed key", (B, "sum-2"): "wrong", (B, "sum-9"): "rate limited", (A, "sum-11"): "timeout"}
METHOD = Method("seed", resamples=400)
PLAN = making.plan(rows=ROWS, repeats=2)


def records():
    """Return every record; B writes markup, and a text that does not end."""
    made = making.records(PLAN, FAULTS, {A: making.PRICE, B: 2 * making.PRICE})
    prompts = {one.id: one for one in PLAN.prompts}
    wild = {ATTACK: f"{ATTACK} {BIDI}", "long": "word " * 2000}
    return [
        cells.record(one.cell, prompts[one.cell.prompt], said(wild[one.cell.prompt], Ask()), Decimal("0.1"))
        if one.cell.endpoint == B and one.cell.prompt in wild
        else one
        for one in made
    ]


def document():
    return report.build(PLAN, records(), METHOD)


def keep(session, key, state="done", name="", found=None, told=None):
    """Put a comparison into a database with these records of its requests, and with its report."""
    order = Order(PLAN, METHOD, name)
    row = ComparisonRow(
        id=key,
        kind="comparison",
        name=name,
        body=to_json(order),
        endpoints=list(PLAN.endpoints),
        cells=sum(1 for _ in PLAN.cells()),
        state="waiting",
        created_at=AT,
        created_by="somebody",
        report=told,
    )
    session.add(row)
    session.flush()
    for one in records() if found is None else found:
        comparisons.begin(session, key, one.cell, AT)
        comparisons.settle(session, key, one)
    session.refresh(row)
    row.state, row.ended_at = state, None if state in comparisons.OPEN else AT
