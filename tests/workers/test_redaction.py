"""A key that an endpoint quotes back is in no exchange."""

from datetime import UTC, datetime

import pytest

from scorecards.exchanges import Ask, Delta, DeltaKind, Exchange, Outcome
from workers.redaction import without

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEY = "sk-0123456789abcdef"


def exchange(**fields):
    return Exchange(Ask(), "a:b", NOON, Outcome.AUTH, **fields)


def words(*texts):
    return tuple(Delta(place, DeltaKind.CONTENT, text) for place, text in enumerate(texts))


@pytest.mark.parametrize(
    "fields",
    [
        {"detail": f"HTTP 401: Incorrect API key provided: {KEY}."},
        {"deltas": words("you are ", KEY)},
        {"deltas": words("you are ", KEY[:9], KEY[9:], "!")},
        {"served_models": (KEY,)},
        {"fingerprints": (f"fp-{KEY}",)},
        {"answer_id": KEY},
        {"listed": (KEY, "m")},
        {"headers": {"x-request-id": KEY}},
    ],
)
def test_a_key_is_replaced_wherever_it_is_said(fields):
    found = without(exchange(**fields), KEY)
    assert KEY not in "".join(one.text for one in found.deltas) + repr(found)
    assert "[key]" in repr(found)


def test_each_part_of_an_access_key_is_replaced():
    found = without(exchange(detail="AKIA00000000 and 1234567890secret"), "AKIA00000000:1234567890secret")
    assert found.detail == "[key] and [key]"


def test_an_answer_without_the_key_stays_as_it_is():
    one = exchange(detail="no", deltas=words("a", "b"))
    assert without(one, KEY) == one
    assert without(one, None) is one
    assert without(exchange(detail="short"), "short").detail == "short"
