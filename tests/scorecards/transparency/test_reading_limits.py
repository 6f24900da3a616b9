"""Whatever the bytes are, reading ends, raises nothing, takes steps in proportion, and does not guess."""

import itertools
import sys
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorecards import extraction
from scorecards.evidence import Identity
from scorecards.verdict import State
from tests.scorecards.transparency import corpus, rivals

ACME = Identity("acme/acme-7", ("acme-7",), ("acme",))
NAMES = ("README.md", "page.html", "LICENSE", "spec.yaml", "config.json", "model.ts")
FOUND = (State.DISCLOSED, State.PARTIAL, State.CONTRADICTED)
CARD = "# Acme-7\n\nAcme-7 has 42B parameters and a context length of 64K tokens.\n"
MOST_GROWTH = 2.6
"""Steps for twice the size; 2 is linear, 4 quadratic."""

pytestmark = pytest.mark.timeout(30)


def read(content, name="README.md"):
    raw = content if isinstance(content, bytes) else content.encode()
    one = corpus.document(name, raw)
    answers = extraction.extract(ACME, [one])
    for answer in answers:
        assert answer.quote is None or answer.quote.matches(raw)
    return answers


def gold(content, name="README.md"):
    return extraction.gold(read(content, name))


def nested(opening, closing, depth):
    return opening * depth + "x" + closing * depth


N = 8_000
HOSTILE = {
    "a letter": "a" * 10 * N,
    "a letter and a mark": "a" * 10 * N + "!",
    "spaces": " " * 10 * N + "x",
    "line ends": "\n" * 10 * N,
    "tabs and spaces": " \t" * 5 * N + "| x",
    "digits": "1" * 10 * N,
    "digits and commas": "1," * 5 * N,
    "digits and points": "1." * 5 * N + "B parameters",
    "many figures": "42B parameters 64K tokens " * (N // 4),
    "context, and no length": "context length of " * (N // 2),
    "trained, and no number": "trained on " * N,
    "numbers, and no unit": "12 billion " * N,
    "licences": "licensed under the " * N,
    "names": "Acme-7 " * N,
    "half names": "Acme-" * N,
    "other names": "Nimbus-9 Halcyon-8 Vesper-7 " * (N // 3),
    "pipes": "|" * 100_000,
    "pipes on lines": "|\n" * 50_000,
    "a wide table": "|" + "a|" * 5_000 + "\n|" + "-|" * 5_000 + "\n|" + "1|" * 5_000,
    "a long table": "| Model | Params |\n|---|---|\n" + "| Nimbus-9 | 42B |\n" * 10_000,
    "a table of tables": "| a | b |\n|---|---|\n| 1 | 2 |\n\n" * 3_000,
    "headings": "# Acme-7\n" * 5_000,
    "empty headings": "#\n" * 10_000,
    "deep headings": "".join(f"{'#' * (1 + n % 6)} H{n}\n\ntext\n\n" for n in range(5_000)),
    "one line of prose": "Acme-7 has 42B parameters and 64K tokens of context. " * 20_000,
    "one word": "parameter" * N,
    "brackets": nested("[", "]", N),
    "open brackets": "[" * 3 * N,
    "links in links": nested("[a](", ")", N // 2),
    "images": "![" * N,
    "parentheses": nested("(", ")", N),
    "stars": "*" * 5 * N,
    "stars and words": "*a **b " * N,
    "underscores": "_a__b" * N,
    "backticks": "`" * 5 * N,
    "odd backticks": "".join("`" * (n % 40) + "a" for n in range(N // 4)),
    "an open fence": "```\n" + "Acme-7 has 42B parameters.\n" * 5_000,
    "fences": "```\n" * N,
    "quotes": nested("> ", "", 2_000) + "\n" + "> a\n" * N,
    "lists in lists": "".join(" " * 2 * n + "- a\n" for n in range(700)),
    "list items": "- a\n" * N,
    "open tags": "<div>" * N,
    "closing tags": "</div>" * N,
    "tags in tags": nested("<b>", "</b>", N // 2),
    "an open tag": "<a href='" + "x" * 5 * N,
    "less than": "<" * 5 * N,
    "open comments": "<!--" * N,
    "an HTML table in tables": nested("<table><tr><td>", "</td></tr></table>", 2_000),
    "a huge span": "<table><tr><td rowspan=999999999 colspan=999999999>a</td></tr><tr><td>b</td></tr></table>",
    "many spans": "<table>" + "<tr><td rowspan=1000 colspan=1000>a</td></tr>" * 1_000 + "</table>",
    "entities": "&amp;" * N,
    "an endless entity": "&" + "a" * 5 * N,
    "a huge reference": "&#" + "9" * 5_000 + ";",
    "front matter that does not end": "---\n" + "license: mit\n" * N,
    "front matter in front matter": "---\n" * N,
    "YAML aliases": "---\na: &a [x,x]\n" + "".join(f"k{n}: [*a,*a]\n" for n in range(500)) + "---\n",
    "deep YAML": "---\na: " + nested("[", "]", 3_000) + "\n---\n",
    "BibTeX": "@misc{a, title={" * 3_000,
    "addresses": "https://huggingface.co/a/b " * (N // 2),
    "an endless address": "https://" + "a." * 5 * N,
    "mail": "a@" * N + "b.example",
    "dots and at": "a." * N + "@b",
    "emoji": "\U0001f409" * N,
    "combining marks": "a" + "\u0301" * 5 * N,
    "Chinese": "参数量上下文长度" * N,
    "Chinese figures": "亿万" * N + "1亿参数" * N,
    "zero": "\x00" * 5 * N,
    "controls": "".join(map(chr, range(32))) * 500,
    "separators": "\u2028\u2029\x85\x0b\x0c" * N,
    "bidi": "\u202e" * N,
    "lone carriage returns": "a\r" * N,
    "ligatures": "\ufdfa" * N,
    "large numbers": "9" * 5_000 + " billion parameters. Acme-7 has " + "9" * 4_000 + "B parameters.",
    "an exponent": "Acme-7 has 1e999999999 parameters.",
    "braces": '{"a":' * 3_000,
    "open strings": "'\"`" * N,
    "backslashes": "\\" * 5 * N,
    "dashes": "-" * 5 * N,
    "equals": "a\n" + "=" * 5 * N,
    "commas": "," * 5 * N,
    "abbreviations": "e.g. " * N,
    "sentences": "A. " * N,
}


def _another_name(case):
    return NAMES[1 + crc32(case.encode()) % (len(NAMES) - 1)]


@pytest.mark.parametrize(
    ("case", "name"), [(case, name) for case in HOSTILE for name in ("README.md", _another_name(case))]
)
def test_hostile_text_is_read_to_its_end(case, name):
    read(HOSTILE[case], name)


@pytest.mark.parametrize(
    "case", ["a letter", "digits and commas", "names", "pipes", "open tags", "brackets", "sentences"]
)
def test_a_document_is_still_read_behind_hostile_text(case):
    """Where the text cannot be told apart from what follows it, an answer may be lost, never invented."""
    found = gold(f"{HOSTILE[case]}\n\n{CARD}")
    assert {str(found["params_total"].value), str(found["context_length"].value)} <= {"42000000000", "64000", "None"}


@pytest.mark.parametrize(("name", "end"), [("README.md", "\n\n"), ("README.md", ""), ("page.html", "\n\n")])
def test_five_megabytes_are_read(name, end):
    filler = "The river runs past the old mill and turns south before the bridge. " * 20 + end
    read(CARD + filler * (5_000_000 // len(filler)), name)


def steps(text, name):
    """Return how many calls, of Python and of C functions, reading takes: no clock, so it is the same every time."""
    counter = itertools.count()
    sys.setprofile(lambda *_: next(counter))
    try:
        read(text, name)
    finally:
        sys.setprofile(None)
    return next(counter)


PARAGRAPH = rivals.PARAGRAPH.format(name="Halcyon")
GROWING = {
    "prose": "The river runs past the old mill and turns south before the bridge.\n\n",
    "facts": " ".join(rivals.sentences("en", "Acme-7").values()) + "\n\n",
    "Chinese facts": "".join(rivals.sentences("zh", "Acme-7").values()) + "\n\n",
    "rivals": PARAGRAPH + "\n\n",
    "one paragraph": "Acme-7 has 42B parameters. ",
    "one line of figures": "42B 64K 14T 2029-04 ",
    "sections": f"## Halcyon\n\n{PARAGRAPH}\n\n### Acme-7\n\nThe model has 42B parameters.\n\n",
    "tables": rivals.table("Acme-7") + "\n\n",
    "rows": "| Acme-7 | 42B | 64K |\n",
    "HTML": rivals.BLOCKS["html_table"]("Acme-7", "", "") + "\n\n",
    "list": "- Acme-7: 42B parameters\n",
    "code": "```python\nmodel = load('acme-7', max_model_len=8192)\n```\n\n",
    "keys": "license: mit\n",
    "spaces": "          ",
    "digits": "1,000,",
}


@pytest.mark.parametrize("case", GROWING)
def test_twice_the_size_takes_about_twice_the_steps(case):
    once = GROWING[case] * (20_000 // len(GROWING[case]))
    read(CARD, "README.md")
    assert steps(CARD + once + once, "README.md") <= MOST_GROWTH * steps(CARD + once, "README.md")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from(NAMES))
def test_random_bytes_are_read(content, name):
    read(content, name)
    read(CARD.encode() + content, name)


MARKUP = (
    "# |\n|\n\n|Acme-7|Nimbus-9| 42B parameters|<td>|</table>|<table>|```|---\n|- |> |**|license: mit| is not disclosed"
)
MARKUP += "|参数量为|420亿|。|\r\n|\u00a0|&nbsp;|[a](b)|<!--|-->|{|}|: |'|context length of 64K|\ufeff|\u200b|ﬁ|𝟒𝟐B|Ⅳ"
PIECES = st.lists(st.sampled_from([*MARKUP.split("|"), "|", "|---|"]), max_size=40).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PIECES, st.sampled_from(NAMES))
def test_any_mixture_of_markup_is_read_and_every_quote_is_in_place(text, name):
    read(text, name)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_document_cut_off_anywhere_is_read(data):
    whole = (
        CARD + rivals.BLOCKS["html_table"]("Acme-7", "", "") + rivals.BLOCKS["headed"]("Halcyon", "", "##")
    ).encode()
    read(whole[: data.draw(st.integers(0, len(whole)))], data.draw(st.sampled_from(NAMES)))


CHINESE = "# Acme-7\n\nAcme-7 的总参数量为420亿，上下文长度为64K。\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "gb18030", "big5", "shift_jis"])
def test_a_document_in_another_encoding_is_never_absent(encoding):
    """It is either read as what it is, or nobody could look; "they do not say" would be a guess."""
    found = gold(CHINESE.encode(encoding, errors="replace"))["params_total"]
    assert found.state is State.UNCHECKED or found.value == 42_000_000_000
    assert found.state is not State.UNCHECKED or found.reason


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_what_could_be_read_stays_beside_what_could_not(encoding):
    documents = [
        corpus.document("README.md", CARD.encode()),
        corpus.document("README_zh.md", "# Acme-7\n\nAcme-7 的知识截止日期是2024年12月。\n".encode(encoding)),
    ]
    for order in (documents, documents[::-1]):
        found = extraction.gold(extraction.extract(ACME, order))
        assert found["params_total"].value == 42_000_000_000
        cutoff = found["data_cutoff"]
        assert cutoff.value == "2024-12" or cutoff.reason.endswith("1 more could not be read")


def test_one_bad_byte_does_not_cost_the_document():
    found = gold(CARD.encode() + b"\n\nA caf\xe9 nearby.\n")["params_total"]
    assert found.state is State.UNCHECKED or found.value == 42_000_000_000


def test_nothing_to_read_is_unchecked():
    assert {one.state for one in extraction.extract(ACME, [])} == {State.UNCHECKED}


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n", b"   "])
def test_an_empty_document_says_nothing(content):
    assert not [one for one in read(content) if one.state in FOUND]


def test_two_readings_of_the_same_bytes_are_equal():
    text = CARD + rivals.BLOCKS["headed"]("Halcyon", "Acme-7", "##")
    assert read(text) == read(text)
