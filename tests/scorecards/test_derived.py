"""What follows from other facts."""

from datetime import UTC, datetime

import pytest

from scorecards import derived
from scorecards.evidence import Basis, Finding, Reading, Source

AT = datetime(2026, 11, 25, tzinfo=UTC)
SOURCES = (Source("sha256:aa", "https://a.example/LICENSE"),)


def licence(value, finding=Finding.KNOWN, basis=Basis.FIRST_PARTY, quantity="weights_licence"):
    return Reading(quantity, "a/m", finding, basis, AT, "model_card/1", value, note="said", sources=SOURCES)


@pytest.mark.parametrize(
    ("value", "finding", "opened", "found", "note"),
    [
        ("apache-2.0", Finding.KNOWN, True, Finding.KNOWN, "apache-2.0 is open by the table of licences"),
        ("gemma-terms", Finding.KNOWN, False, Finding.KNOWN, "gemma-terms is not open by the table of licences"),
        ("mit", Finding.PARTIAL, True, Finding.PARTIAL, "mit is open by the table of licences"),
        ("other", Finding.PARTIAL, None, Finding.UNMEASURED, "licence 'other' is not in the table of licences"),
        (None, Finding.ABSENT, None, Finding.ABSENT, "said"),
        (None, Finding.UNMEASURED, None, Finding.UNMEASURED, "said"),
    ],
)
def test_what_a_licence_allows_follows_from_its_name(value, finding, opened, found, note):
    held = licence(value, finding)
    first, one = derived.added([held])
    assert first is held
    assert (one.quantity, one.value, one.finding, one.note) == ("licence_is_open", opened, found, note)
    assert (one.basis, one.sources, one.taken_at, one.subject) == (held.basis, SOURCES, AT, "a/m")


def test_the_licence_of_the_code_says_nothing_of_the_weights():
    assert len(derived.added([licence("mit", quantity="code_licence")])) == 1
