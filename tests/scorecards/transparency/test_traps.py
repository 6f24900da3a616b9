"""The traps of real disclosure documents, each in several variants, as small documents."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from scorecards import extraction
from scorecards.evidence import Identity
from scorecards.verdict import State
from tests.scorecards.transparency import corpus

TRAPS = tomllib.loads((Path(__file__).parent / "traps.toml").read_text(encoding="utf-8"), parse_float=Decimal)["trap"]
NUMBERS = range(1, 17)


def read(trap):
    model = trap.get("model", "acme-7")
    files = trap.get("files") or {"README.md": trap["text"].lstrip("\n")}
    documents = [corpus.document(name, text.encode()) for name, text in files.items()]
    return extraction.gold(extraction.extract(Identity(f"acme/{model}", (model,), ("acme",)), documents))


def is_as_wanted(answer, want):
    """Compare with a number or `=text`, which must be disclosed; or with a state, or a list of states."""
    if isinstance(want, Decimal | int):
        return (answer.state, answer.value) == (State.DISCLOSED, want)
    if isinstance(want, str) and want.startswith("="):
        return (answer.state, answer.value) == (State.DISCLOSED, want[1:])
    return str(answer.state) in ([want] if isinstance(want, str) else want)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap['number']} {trap['case']}")
def test_nothing_falls_into(trap):
    found = read(trap)
    wrong = {name: found[name] for name, want in trap["want"].items() if not is_as_wanted(found[name], want)}
    assert not wrong
    assert not [name for name, never in trap.get("never", {}).items() if never in str(found[name].value).split(",")]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_trap_has_variants_in_both_languages(number):
    texts = [
        "".join(trap.get("files", {}).values()) + trap.get("text", "") for trap in TRAPS if trap["number"] == number
    ]
    assert len(texts) >= 3
    assert any("\u4e00" <= sign <= "\u9fff" for text in texts for sign in text)
