"""JSON with places: what is quoted stands there, and no document takes the reader down."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.evidence import MAX_QUOTE
from scorecards.transparency import json_text
from scorecards.transparency.json_text import JsonTextError

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def members(value, path=()):
    """Yield the path and value of everything inside, as `json` sees it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in items:
        yield (*path, step), one
        yield from members(one, (*path, step))


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 1]), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_every_member_is_quoted_where_it_stands_and_the_quote_says_what_was_read(value, ascii_only, indent, bom):
    content = bom + json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    try:
        found = json_text.parse(content)
    except JsonTextError as error:
        assert "wants UTF-8" in str(error) or "at line" in str(error)  # noqa: PT017 - half a surrogate pair
        return
    assert found.value == value
    for path, one in members(value):
        if len(path) <= json_text.INDEXED_DEPTH:
            quote = found.quote(*path)
            assert quote.matches(content)
            whole = quote.text if isinstance(path[-1], int) else "{" + quote.text + "}"
            if len(quote.text) < MAX_QUOTE:
                assert json.loads(whole) == (one if isinstance(path[-1], int) else {path[-1]: one})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "JSON: Expecting value at line 1 column 1"),
        (b'{"a": 1', "JSON: Expecting ',' delimiter at line 1 column 8"),
        (b'{"a": 1, "a": 2}', "wants each key of an object once, found one twice"),
        (b'{"a": NaN}', "wants numbers, found NaN"),
        (b"[" * 200_000, "found more than can be read"),
        (b'{"a":' * 200_000, "found more than can be read"),
        (b"9" * 5_000, "found one that is too long"),
        ('{"a": "é"}'.encode("latin-1"), "wants UTF-8, found byte 0xe9"),
        ('{"a": 1}'.encode("utf-16"), "wants UTF-8, found byte 0xff"),
    ],
)
def test_what_is_no_json_is_refused_in_one_line(content, message):
    with pytest.raises(JsonTextError) as told:
        json_text.parse(content)
    assert message in str(told.value)


def test_values_are_given_only_as_what_they_are():
    found = json_text.parse(b'{"n": 7, "big": 1e999999999, "t": " x ", "l": ["a", "b"], "ctl": "\\u0000", "no": null}')
    assert (found.count("n"), found.text("t"), found.texts("l"), found.texts("t")) == (7, "x", ("a", "b"), ("x",))
    assert (found.count("no"), found.text("gone"), found.texts("gone"), found.get("l", 9)) == (None, None, (), None)
    assert found.get("big") == Decimal("1e999999999")
    for ask, name in ((found.count, "big"), (found.count, "t"), (found.text, "n"), (found.text, "ctl")):
        with pytest.raises(JsonTextError):
            ask(name)


def test_a_long_member_is_quoted_by_its_beginning():
    quote = json_text.parse(json.dumps({"a": "é" * 999}, ensure_ascii=False).encode()).quote("a")
    assert quote.text == '"a": "' + "é" * 294


def test_a_vocabulary_neither_fills_the_memory_nor_hides_what_stands_behind_it():
    content = json.dumps({"vocab": {f"w{n}": n for n in range(200_000)}, "type": "BPE"}).encode()
    found = json_text.parse(content)
    begun = time.monotonic()
    assert found.quote("type").text == '"type": "BPE"'
    assert time.monotonic() - begun < 5
    assert len(found._places) <= json_text.INDEXED_ITEMS + 2
