"""The matrix on an endpoint's page: every result with its word, reason and evidence; nothing where nobody looked."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

import pytest

from scorecards import card as cards_of
from scorecards import rubric
from scorecards.card import Subject
from scorecards.evidence import Basis, Finding, Reading, Source
from scorecards.switching.portability import ALL
from service.pages import endpoints, portability
from service.store import cards, db
from service.store.cards import Published

from .conftest import CATALOG, DEVELOPER, ENDPOINT, GOLDEN, MODEL

NOW = datetime.now(UTC).replace(microsecond=0)
PATH = quote(ENDPOINT, safe="")
NOT_PASSED = {"seed": "ignored", "json_schema": "rejected", "stop": "partial", "vision": "fail", "wrong_key": None}
EVIDENCE = "sha256:" + "ab" * 32


def reading(name):
    value = NOT_PASSED.get(name, "pass")
    finding = Finding.UNMEASURED if value is None else Finding.KNOWN
    return Reading(
        f"conformance:{name}",
        ENDPOINT,
        finding,
        Basis.EXECUTED,
        NOW,
        "conformance/1",
        value=value,
        n=0 if value is None else 2,
        note=f"why {name} <is> so",
        sources=(Source(EVIDENCE, ENDPOINT),),
    )


@pytest.fixture
def probed(site):
    """A card whose endpoint was probed, published."""
    served = [CATALOG.endpoints[ENDPOINT]]
    subject = Subject(CATALOG.models[MODEL], DEVELOPER, served, [reading(name) for name in ALL], {}, {})
    card = cards_of.build(subject, rubric.load(), NOW, None)
    body = cards_of.canonical(card | {"sequence": 99})
    with db.write(site.engine) as session:
        cards.publish(session, Published(cards_of.card_id(card | {"sequence": 99}), NOW, body, "sig"), {}, [])
    return site.client


def test_the_page_shows_the_matrix_with_words_reasons_and_evidence(probed):
    text = probed.get(f"/endpoints/{PATH}").get_data(as_text=True)
    assert "drop-in with 4 caveats" in text
    for word in ("ignored", "rejected", "partial", "fail", "unknown", "pass"):
        assert f"</svg> {word}</td>" in text
    assert "why seed &lt;is&gt; so" in text
    assert f'<code title="{EVIDENCE}">sha256:abababababab</code>' in text
    assert text.count('class="state"') >= len(ALL)


def test_the_api_has_the_same_matrix(probed):
    developer, name = MODEL.split("/")
    body = probed.get(f"/v1/scorecards/{developer}/{name}").get_json()
    (end,) = body["endpoints"]
    results = {one["name"]: one["result"] for one in end["portability"]["matrix"]}
    assert {name: results[name] for name in NOT_PASSED} == {
        name: result or "unknown" for name, result in NOT_PASSED.items()
    }
    assert Decimal(body["pillars"]["switching"]["score"]) > 0


def test_the_model_s_page_says_what_a_move_takes_and_leads_there(probed):
    text = probed.get(f"/models/{MODEL}").get_data(as_text=True)
    assert "Moving to here: " in text
    assert "#portability" in text


def test_an_endpoint_that_nobody_probed_says_so(client):
    assert "No conformance probe has run here yet" in client.get(f"/endpoints/{PATH}").get_data(as_text=True)


def test_a_card_of_before_portability_is_shown_without_it():
    card = json.loads((GOLDEN / "card-sample.json").read_text())
    del card["endpoints"][0]["portability"]
    assert portability.of_card(card, card["endpoints"][0]["ref"], NOW) is None
    assert endpoints.endpoint(card["endpoints"][0], NOW).moving == ""
