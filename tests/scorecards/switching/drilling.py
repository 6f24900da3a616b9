"""Drills as literals: two endpoints, an app, and the comparison of records made by hand."""

import random
from datetime import date
from decimal import Decimal

from scorecards.catalog import Cited, Endpoint, Model
from scorecards.compare import report
from scorecards.compare.report import Method
from scorecards.switching import app, drill
from scorecards.switching.conformance import load
from scorecards.switching.conformance._conformance import Grade
from scorecards.switching.drill import Drill
from scorecards.switching.party import Graded, Party
from tests.scorecards.compare import making
from tests.scorecards.compare.making import PRICE, A, B

TODAY = date(2026, 11, 25)
CITED = Cited("a test", date(2026, 11, 1))
NAME = "app.toml"
APP = {
    "name": "support desk",
    "baseline": A,
    "candidates": [B],
    "features": ["json_schema", "tools"],
    "optional_features": ["seed"],
    "prompts": "prompts.jsonl",
    "repeats": 3,
    "candidate_repeats": 3,
    "requests_per_day": 2000,
}
PLANTED = {
    (B, "ticket-3"): "renamed key",
    (B, "ticket-4"): "refusal",
    (B, "ticket-5"): "truncation",
}
DOUBLED = {A: PRICE, B: 2 * PRICE}


def party(ref=A, grades=None, reason="seen", **model):
    """Return an endpoint at which every conformance probe passes but the given ones; None = unknown."""
    provider, _, model_id = ref.partition(":")
    told = dict.fromkeys(load(), Grade.PASS) | {name: grade and Grade(grade) for name, grade in (grades or {}).items()}
    endpoint = Endpoint(
        ref, f"maker/{model_id}", provider, model_id, "openai_chat", f"https://{provider}.example/v1", CITED,
        key_env=f"{provider.upper()}_KEY",
    )  # fmt: skip
    known = Model(endpoint.model, model_id, "maker", CITED, **model)
    return Party(endpoint, known, {name: Graded(grade, reason) for name, grade in told.items()})


def plan(repeats=3, rows=(*making.TICKETS, *making.SUMS)):
    return making.plan(rows=rows, repeats=repeats)


def comparison(one, faults=(), **how):
    return report.build(one, making.records(one, faults, **how), Method("seed", Decimal("0.05"), 1000))


def drilled(faults=(), *, a=None, b=None, asked=None, plan_of=None, **how):
    """Return the drill of a comparison with these faults; `asked` changes keys of the app."""
    one = plan_of or plan()
    parties = {A: a or party(A), B: b or party(B)}
    whole = {**APP, **(asked or {})}
    return Drill(app.read(whole, NAME), parties, TODAY, comparison=comparison(one, faults, **how))


def document(*args, **how):
    return drill.build(drilled(*args, **how))


def candidate(*args, **how):
    return document(*args, **how)["candidates"][0]


def candidate_of(one, records):
    """Return what the drill says of B, of these records."""
    made = report.build(one, records, Method("seed", Decimal("0.05"), 1000))
    parties = {A: party(A), B: party(B)}
    [found] = drill.build(Drill(app.read(APP, NAME), parties, TODAY, comparison=made))["candidates"]
    return found


def tossed(one, seed, every=4):
    """Return records in which every fourth prompt is answered by the toss of a coin, at both, and the others well."""
    rng = random.Random(seed)
    by_id = {each.id: (at, each) for at, each in enumerate(one.prompts)}

    def made(cell):
        at, prompt = by_id[cell.prompt]
        wrong = at % every == 0 and rng.random() < 0.5
        return making.record(cell, prompt, "wrong" if wrong else None)

    return [made(cell) for cell in one.cells()]


def planted():
    """Return the drill with a renamed key, a refusal, a doubled price, a cut answer and a parameter that is ignored."""
    b = party(B, {"seed": "ignored"}, reason="three seeds gave the same text")
    return drilled(PLANTED, b=b, price=DOUBLED)
