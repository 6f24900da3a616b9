"""Patterns that take time in proportion to the text find what `re` finds, and refuse what needs going back."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.checks import _pattern

ATOMS = st.sampled_from(
    [
        r"a",
        r"b",
        r"\.",
        r".",
        r"[ab]",
        r"[^a]",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\S",
        r"\W",
        r"[a-c1]",
        r"^",
        r"$",
        r"\b",
        r"\B",
        r"é",
        r"中",
        r"\A",
        r"\Z",
        r"(?i:A)",
        r"[^b-z]",
        r"[^\d\s]",
        r"\n",
    ]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map("(?:{0[0]}|{0[1]})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"])).map("(?:{0[0]}){0[1]}".format),
    ),
    max_leaves=8,
)
TEXTS = st.text("abA1. \né中_", max_size=12)


@given(PATTERNS, TEXTS, st.sampled_from(["", "(?i)", "(?m)", "(?s)"]))
@settings(max_examples=600, deadline=None)
def test_it_finds_what_re_finds(pattern, text, flags):
    assert _pattern.found(flags + pattern, text) is (re.search(flags + pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern", [r"(a+)+b", r"(a|aa)+$b", r".*.*.*.*=", r"(?:\w+\s?)*x", r"((a{1,9}){1,9}){1,3}b", "(a*)*b"]
)
def test_what_would_take_re_for_ever_is_told_at_once(pattern):
    """The suite's own time limit would end it."""
    assert _pattern.found(pattern, "a" * 5000) is False


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "wants a regular expression, missing"),
        ("[a", "wants a regular expression, unterminated"),
        ("(?=a)", "wants a pattern without assert"),
        ("(?<!a)b", "wants a pattern without assert not"),
        (r"(a)\1", "wants a pattern without groupref"),
        ("(?>a)", "wants a pattern without atomic group"),
        ("a++", "wants a pattern without possessive repeat"),
        ("a" * 501, "wants a pattern of at most 500 characters, has 501"),
        ("(?:a{40}){40}", "wants a pattern of at most 1000 steps"),
        ("(" * 200 + ")" * 200, None),
    ],
    ids=lambda one: str(one)[:20],
)
def test_what_needs_going_back_is_refused(pattern, message):
    if message is None:
        assert _pattern.found(pattern, "") is True
        return
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        _pattern.compiled(pattern)


def test_what_would_take_too_long_even_so_is_not_told():
    assert _pattern.found("(?:ab?){300}", "a" * 20_000) is None
