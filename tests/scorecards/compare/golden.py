"""Writes the golden report anew: python tests/scorecards/compare/golden.py, and read what changed."""

import json
from decimal import Decimal
from pathlib import Path

from scorecards.compare import report
from scorecards.compare.report import Method
from tests.scorecards.compare import making
from tests.scorecards.compare.making import A, B

GOLDEN = Path(__file__).parents[2] / "golden" / "comparison-sample.json"
FAULTS = {
    (B, "ticket-3"): "renamed key",
    (B, "ticket-4"): "refusal",
    (B, "ticket-5"): "truncation",
    (B, "sum-2"): "wrong",
    (B, "sum-9"): "rate limited",
    (A, "sum-11"): "timeout",
    (A, "sum-12"): "wrong",
}


def document():
    plan = making.plan(repeats=2)
    records = making.records(plan, FAULTS, {A: making.PRICE, B: 2 * making.PRICE})
    return report.build(plan, records[:-1], Method("golden", Decimal("0.05"), 1000))


def text():
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    GOLDEN.write_text(text(), encoding="utf-8")
