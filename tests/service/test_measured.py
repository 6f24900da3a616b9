"""An endpoint's window, its past, and its page: every number with its n and its age, every gap with its reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest

from scorecards import sparkline
from scorecards.evidence import Basis, Finding, Reading
from scorecards.history import Point
from service.store import db, evidence, jobs
from service.store.evidence import Found
from service.store.jobs import Wanted

from .conftest import ENDPOINT

NOW = datetime.now(UTC).replace(microsecond=0)
PATH = quote(ENDPOINT, safe="")


def taken(hours_ago, value, note="", **more):
    finding = Finding.UNMEASURED if value is None else Finding.KNOWN
    at = NOW - timedelta(hours=hours_ago)
    samples = () if value is None else (Decimal(value),) * 20
    return Reading(
        "ttft_ms", ENDPOINT, finding, Basis.EXECUTED, at, "latency/2", samples[0] if samples else None, "ms",
        len(samples), note, samples=samples, **more,
    )  # fmt: skip


@pytest.fixture
def probed(site):
    """An endpoint with three runs, one of which failed."""
    runs = [taken(100, "412.44"), taken(20, None, "reset: gone"), taken(2, "380")]
    for number, one in enumerate(runs):
        with db.write(site.engine) as session:
            jobs.request(session, Wanted(f"run {number}", "probe", {}), NOW)
            lease = jobs.claim(session, jobs.id_of(session, f"run {number}"), "me", NOW, 60)
            evidence.record(session, lease, Found(ENDPOINT, one.reader, readings=[one]), NOW)
    return site.client


def test_the_window_holds_what_was_measured_in_it_and_nothing_older(probed):
    (found,) = probed.get(f"/v1/endpoints/{PATH}/measurements").get_json()["readings"]
    assert (found["value"], found["n"]) == ("380", 20)


def test_the_past_has_a_point_for_each_run_and_a_reason_for_each_gap(probed):
    body = probed.get(f"/v1/endpoints/{PATH}/history?quantity=ttft_ms").get_json()
    assert (body["unit"], [one["value"] for one in body["points"]]) == ("ms", ["412.4", None, "380"])
    assert [one["note"] for one in body["points"]] == ["", "reset: gone", ""]
    assert [one["p95"] for one in body["points"]] == ["412.4", None, "380"]


@pytest.mark.parametrize(
    ("query", "status"), [("", 422), ("?quantity=ttft_ms&days=0", 422), ("?quantity=ttft_p50", 422)]
)
def test_a_past_wants_the_name_of_a_quantity(probed, query, status):
    assert probed.get(f"/v1/endpoints/{PATH}/history{query}").status_code == status


def test_the_page_shows_the_window_the_distribution_and_the_past(probed):
    text = probed.get(f"/endpoints/{PATH}").get_data(as_text=True)
    for part in (ENDPOINT, "Time to first token", "380", "reset: gone", "not measured", "3 runs", "<svg"):
        assert part in text


def test_shares_are_read_in_percent_now_and_over_time(site):
    uptime = replace(taken(1, "0.9375"), quantity="uptime_share", unit="", samples=(Decimal(1),) * 15 + (Decimal(0),))
    with db.write(site.engine) as session:
        jobs.request(session, Wanted("up", "probe", {}), NOW)
        lease = jobs.claim(session, jobs.id_of(session, "up"), "me", NOW, 60)
        evidence.record(session, lease, Found(ENDPOINT, "uptime/1", readings=[uptime]), NOW)
    text = site.client.get(f"/endpoints/{PATH}").get_data(as_text=True)
    assert '<td class="number" data-label="Value">93.75 <span class="unit">%</span></td>' in text
    assert '<th scope="col">Value, %</th>' in text
    assert "<td>93.75</td>" in text
    assert "0.9375" not in text


def test_a_page_of_nothing_says_so(client):
    text = client.get(f"/endpoints/{PATH}").get_data(as_text=True)
    assert "Nothing was measured here" in text
    assert "No probe has run here yet" in text


def test_an_endpoint_that_nobody_knows_is_told_so(client):
    answer = client.get("/endpoints/nobody:nothing")
    assert answer.status_code == 404
    assert "no endpoint of that ref" in answer.get_data(as_text=True)


def point(minute, value):
    number = None if value is None else Decimal(value)
    return Point(NOW + timedelta(minutes=minute), number, None, 20, "")


def test_a_line_breaks_where_nothing_could_be_measured():
    drawn = sparkline.render([point(0, 1), point(1, 3), point(2, None), point(3, 2)], "a title")
    assert drawn.count("<circle") == 3
    assert drawn.count('class="gap"') == 1
    assert drawn.count('fill="none"') == 2


@pytest.mark.parametrize("values", [[], [5], [None, None], [5, None]])
def test_less_than_two_numbers_are_no_line(values):
    assert sparkline.render([point(at, value) for at, value in enumerate(values)], "") == ""


def test_of_a_long_past_numbers_and_gaps_are_both_drawn_and_few():
    drawn = sparkline.render([point(at, at % 7 if at % 2 else None) for at in range(8640)], "")
    assert (drawn.count("<circle"), drawn.count('class="gap"')) == (149, 149)


def test_a_flat_line_and_one_instant_have_a_place():
    assert "nan" not in sparkline.render([point(0, 5), point(0, 5)], "")


def test_what_still_counts_is_the_window_and_the_newest_of_each_quantity(site, probed):
    with db.read(site.engine) as session:
        counts = evidence.current(session, [ENDPOINT], NOW - timedelta(hours=1))
        newest = evidence.newest(session, [ENDPOINT])
    assert [one.value for one in counts] == [Decimal(380)]
    assert [one.value for one in newest] == [Decimal(380)]


def test_the_newest_failure_and_the_newest_number_both_still_count(site, probed):
    with db.write(site.engine) as session:
        jobs.request(session, Wanted("last", "probe", {}), NOW)
        lease = jobs.claim(session, jobs.id_of(session, "last"), "me", NOW, 60)
        evidence.record(session, lease, Found(ENDPOINT, "latency/2", readings=[taken(1, None, "down")]), NOW)
        counts = evidence.current(session, [ENDPOINT], NOW)
    assert [(one.value, one.note) for one in counts] == [(Decimal(380), ""), (None, "down")]


def test_each_quantity_has_its_own_newest_number_and_one_without_any_has_none(site):
    found = [(2, "e2e_ms", 900), (2, "ttft_ms", 400), (1, "e2e_ms", None), (1, "ttft_ms", 380), (1, "itl_ms", None)]
    readings = [replace(taken(hours_ago, value), quantity=name) for hours_ago, name, value in found]
    with db.write(site.engine) as session:
        jobs.request(session, Wanted("all", "probe", {}), NOW)
        lease = jobs.claim(session, jobs.id_of(session, "all"), "me", NOW, 60)
        evidence.record(session, lease, Found(ENDPOINT, "latency/2", readings=readings), NOW)
        newest = evidence.newest(session, [ENDPOINT])
    assert {one.quantity: one.value for one in newest} == {"e2e_ms": 900, "ttft_ms": 380}
