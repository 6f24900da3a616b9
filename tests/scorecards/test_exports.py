"""What a published card is turned into."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scorecards import exports
from scorecards.exports import _badge, badge_json, badge_svg, latency_svg
from scorecards.gather import gather

GOLDEN = Path(__file__).parents[1] / "golden"
HOSTILE = "\"><script>alert(1)</script>&'{0}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def card():
    return json.loads((GOLDEN / "card-sample.json").read_text())


def with_transparency(card, **fields):
    changed = deepcopy(card)
    changed["pillars"]["transparency"] |= fields
    return changed


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"score": "81.8", "low": "60.0", "high": "86.7", "sufficient": True}, "transparency 81.8 (60–87)"),
        ({"score": "81.8", "low": "60.9", "high": "86.1", "sufficient": True}, "transparency 81.8 (60–87)"),
        ({"score": "0.0", "low": "0.0", "high": "0.0", "sufficient": True}, "transparency 0.0 (0–0)"),
        ({"score": "81.8", "low": "20.0", "high": "90.0", "sufficient": False}, "insufficient evidence"),
        ({"score": None, "low": "0.0", "high": "100.0", "sufficient": False}, "insufficient evidence"),
    ],
)
def test_a_badge_names_a_score_only_with_its_range_and_enough_evidence(fields, message):
    assert _badge.message(fields) == message


def test_every_module_of_the_folder_declares_one_export():
    found = gather(exports, "EXPORT")
    assert {name: export.suffix for name, export in found.items()} == {
        "badge_json": "badge.json",
        "badge_svg": "badge.svg",
        "latency_svg": "latency.svg",
    }


def test_the_badge_is_the_golden_one(card):
    assert badge_svg.render(card) == (GOLDEN / "badge-sample.svg").read_text()


def test_the_badge_draws_no_tick_without_enough_evidence(card):
    known = badge_svg.render(card)
    weak = badge_svg.render(with_transparency(card, sufficient=False))
    assert known.count("<path") == weak.count("<path") + 1
    assert "insufficient evidence" in weak
    assert "70.0" not in weak


def test_open_disputes_stand_in_the_title_of_the_badge_and_settled_ones_do_not(card):
    settled = {"id": 1, "state": "rejected"}
    for states, words in ((["received"], "1 open dispute"), (["unchecked", "received"], "2 open disputes")):
        disputed = card | {"disputes": [settled, *({"id": 2, "state": one} for one in states)]}
        assert json.loads(badge_json.render(disputed))["message"] == f"transparency 70.0 (61–74), {words}"
        title = ET.fromstring(badge_svg.render(disputed)).find(f"{SVG}title").text
        assert title == f"pellucid: transparency 70.0 (61–74), {words}"
    assert badge_svg.render(card | {"disputes": [settled]}) == badge_svg.render(card)
    assert badge_svg.render({key: one for key, one in card.items() if key != "disputes"}) == badge_svg.render(card)


def test_a_model_of_which_nothing_was_measured_has_a_badge(card):
    weak = badge_svg.render(with_transparency(card, score=None, low="0.0", high="100.0", sufficient=False))
    assert "insufficient evidence" in weak


def test_a_model_without_a_card_gets_a_badge_without_a_bar():
    assert "no card" in badge_svg.unknown()
    assert ET.fromstring(badge_svg.unknown()).findall(f"{SVG}rect")[1:] == []
    assert json.loads(badge_json.unknown())["message"] == "no card"


def test_the_shields_document_has_exactly_its_four_fields(card):
    assert json.loads(badge_json.render(card)) == {
        "schemaVersion": 1,
        "label": "pellucid",
        "message": "transparency 70.0 (61–74)",
        "color": "#0072b2",
    }
    assert json.loads(badge_json.render(with_transparency(card, sufficient=False)))["color"] == "#6b7178"


def test_the_same_card_gives_the_same_bytes_in_another_process(card):
    code = (
        "import json,sys;from scorecards.exports import latency_svg;"
        "sys.stdout.buffer.write(latency_svg.render(json.load(sys.stdin)).encode())"
    )
    text = json.dumps(card).encode()
    other = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, check=True)
    assert other.stdout.decode() == latency_svg.render(card) == latency_svg.render(card)


def test_the_picture_is_plain_shapes_that_a_strict_policy_lets_through(card):
    picture = latency_svg.render(card)
    tree = ET.fromstring(picture)
    assert {node.tag.removeprefix(SVG) for node in tree.iter()} <= {
        "svg", "title", "desc", "g", "text", "tspan", "path", "rect",
    }  # fmt: skip
    assert not {"style", "class", "href"} & {name for node in tree.iter() for name in node.attrib}
    assert [text for text in ("<!--", "<?xml", "pygal", "2026-11-2") if text in picture] == []


def test_the_picture_says_in_words_what_it_shows(card):
    description = ET.fromstring(latency_svg.render(card)).findtext(f"{SVG}desc")
    assert description == " ".join(latency_svg.summary(card))
    assert "half of 26 first tokens came within 412.4 ms, 95\u00a0% within 688 ms" in description


def test_hostile_names_stay_text(card):
    card["model"]["name"] = HOSTILE
    for endpoint in card["endpoints"]:
        endpoint["ref"] = HOSTILE
    tree = ET.fromstring(latency_svg.render(card))
    assert HOSTILE in tree.findtext(f"{SVG}title")
    assert tree.findall(f".//{SVG}script") == []


def test_without_measured_endpoints_the_picture_says_so(card):
    card["endpoints"] = [one for one in card["endpoints"] if one["status"] != "measured"]
    assert "No latency was measured." in latency_svg.render(card)


@pytest.mark.parametrize("edges", [["5", "6"], ["0.001", "0.002"], ["141.5", "999999"], ["7.2", "7.4", "7.6"]])
def test_any_range_of_samples_can_be_drawn(card, edges):
    reading = card["endpoints"][0]["readings"][0]
    reading |= {"p50": edges[0], "p95": edges[-1], "histogram": {"edges": edges, "counts": [3] * (len(edges) - 1)}}
    picture = latency_svg.render(card)
    assert "NaN" not in picture
    assert "nan" not in picture


def test_many_endpoints_are_drawn_up_to_a_limit_and_the_rest_is_counted(card):
    card["endpoints"] = [{**card["endpoints"][0], "ref": f"host-{i}:m"} for i in range(11)]
    picture = latency_svg.render(card)
    assert "and 3 more, see the table" in picture
    assert len(latency_svg.summary(card)) == 11


def test_drawing_leaves_no_import_hook_behind():
    assert [finder for finder in sys.meta_path if type(finder).__module__ == "pygal"] == []
