"""What a new card tells, over cards of literals."""

import json
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import pytest

from scorecards.events import EVENT_TYPES
from scorecards.events.filters import Filters, pillars_of
from scorecards.events.of_cards import events

CARD = json.loads((Path(__file__).parents[2] / "golden" / "card-sample.json").read_text())
MODEL = CARD["model"]["ref"]
ENDS = [one["ref"] for one in CARD["endpoints"]]
INPUT = {"meter": "input", "unit": "1M tokens", "currency": "USD", "conditions": {}, "sources": [], "valid_from": None}


def card(*changes, shutdown=None, lifecycle="current", score="70.0", amount="1"):
    """Return the golden card with these changes, as (kind, path, before, after), and these facts."""
    made = deepcopy(CARD)
    named = [dict(zip(("kind", "path", "before", "after"), one, strict=True)) for one in changes]
    made["changes"] = [*named, *([] if shutdown is None else [SHUTDOWN])]
    made["model"] |= {"lifecycle": lifecycle, "shutdown": shutdown}
    made["pillars"]["transparency"]["score"] = score
    made["endpoints"][0] |= {"prices": [INPUT | {"amount": amount}]}
    return made


SHUTDOWN = {"kind": "vendor_change", "path": "model.shutdown", "before": None, "after": "2027-03-01"}
CHANGES = [
    ("evidence_refresh", "verdicts.A2.stale", "false", "true"),
    ("evidence_refresh", "verdicts.A3.stale", "true", "false"),
    ("vendor_change", "verdicts.A4.state", "absent", "disclosed"),
    ("vendor_change", "verdicts.A4.value", None, "2026"),
    ("correction", "disputes.3.state", "received", "upheld"),
    ("vendor_change", f"endpoints.{ENDS[0]}.ttft_ms", "2", "3"),
]


def told(before, after):
    return [(one.type, one.subject) for one in events(before, after, "sha256:1")]


def test_a_card_tells_of_itself_of_states_staleness_prices_and_ends():
    assert told(card(), card(*CHANGES, shutdown="2027-03-01", amount="2")) == [
        ("scorecard.published", MODEL),
        ("evidence.stale", f"{MODEL}#A2"),
        ("verdict.changed", f"{MODEL}#A4"),
        ("price.changed", f"{ENDS[0]}#input"),
        *(("lifecycle.announced", ref) for ref in ENDS),
    ]


def test_every_body_says_of_which_model_and_card_it_is_and_why():
    for one in events(card(), card(*CHANGES, shutdown="2027-03-01", amount="2"), "sha256:1"):
        assert one.body["model"] == one.stream == MODEL
        assert one.body["card"] == {"id": "sha256:1", "sequence": CARD["sequence"]}
        assert one.body["kinds"] == sorted(set(one.body["kinds"])) != []
        assert EVENT_TYPES[one.type].has_kinds
        if one.type != "scorecard.published":
            assert one.body["before"] != one.body["after"]
        if EVENT_TYPES[one.type].subject.startswith("endpoint"):
            assert one.subject.startswith(one.body["endpoint"])


def test_a_new_card_tells_each_pillar_as_it_was_and_is():
    (event, *_) = events(card(score="70.0"), card(*CHANGES, score="72.5"), "sha256:1")
    assert event.body["kinds"] == ["correction", "evidence_refresh", "vendor_change"]
    assert [one["path"] for one in event.body["changes"]] == [path for _, path, *_ in CHANGES]
    assert event.body["pillars"]["transparency"] == {
        "before": {"score": "70.0", "low": "61.8", "high": "73.5", "coverage": "0.88"},
        "after": {"score": "72.5", "low": "61.8", "high": "73.5", "coverage": "0.88"},
    }
    assert list(pillars_of(event)) == ["transparency"]


@pytest.mark.parametrize(("least", "wanted"), [("2.5", True), ("2.6", False)])
def test_a_filter_reads_how_far_a_score_or_a_price_moved(least, wanted):
    published = Filters(("scorecard.published",), min_points=Decimal(least))
    assert any(published.match(one) for one in events(card(), card(score="72.5"), "sha256:1")) is wanted
    priced = Filters(("price.changed",), min_price_percent=Decimal(least))
    assert any(priced.match(one) for one in events(card(), card(amount="1.025"), "sha256:1")) is wanted


def test_a_first_card_has_no_pillars_before_and_no_changes():
    (event,) = events(None, card(), "sha256:1")
    assert {one["before"] for one in event.body["pillars"].values()} == {None}
    assert (event.body["kinds"], event.body["changes"]) == ([], [])


@pytest.mark.parametrize(
    ("before", "after", "announced"),
    [
        (card(), card(), False),
        (card(), card(lifecycle="legacy"), True),
        (card(), card(shutdown="2027-03-01"), True),
        (card(shutdown="2027-03-01"), card(shutdown="2027-06-01"), True),
        (card(shutdown="2027-03-01"), card(), True),
        (card(shutdown="2027-03-01"), card(shutdown="2027-03-01"), False),
        (None, card(), False),
        (None, card(lifecycle="legacy"), False),
        (None, card(shutdown="2027-03-01"), True),
    ],
)
def test_an_end_is_announced_when_it_appears_moves_or_is_taken_back(before, after, announced):
    found = [subject for kind, subject in told(before, after) if kind == "lifecycle.announced"]
    assert found == (ENDS if announced else [])
