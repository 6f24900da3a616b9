"""The front matter of model cards: the traps that cards set, and real ones where they are at hand."""

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.evidence import MAX_QUOTE, Basis, Document, Finding, Identity
from scorecards.transparency.collectors.model_card import COLLECTOR, MAX_VALUE

NOW = datetime(2026, 11, 24, tzinfo=UTC)
REAL = Path(__file__).parents[2].parent / "shared" / "disclosures"
CARD = """---
license: Apache-2.0  # the weights too
language:
- zh
- en
base_model: Qwen/Qwen3-8B
datasets: [b/two, a/one]
tags:
- text-generation
---
# 模型
"""


def document(content, url="https://hub.example/acme/tiny/README.md", media_type="text/markdown", *, first_party=True):
    raw = content if isinstance(content, bytes) else content.encode()
    return Document.of(raw, url, media_type, NOW, first_party=first_party)


def readings(content, *more, **named):
    one = document(content, *more, **named)
    found = COLLECTOR.read(Identity("acme/tiny"), one)
    for reading in found:
        assert reading.quantity in COLLECTOR.quantities
        for source in reading.sources:
            assert source.id == "sha256:" + hashlib.sha256(one.content).hexdigest()
            assert source.quote is None or source.quote.matches(one.content)
    return {reading.quantity: reading for reading in found}


def quote(reading):
    return reading.sources[0].quote.text


def card(front):
    return f"---\n{front}\n---\n# Tiny\n"


# Front matter.


def test_a_card_is_read_with_the_lines_that_say_so():
    found = readings(CARD)
    assert {name: (one.value, quote(one)) for name, one in found.items()} == {
        "weights_licence": ("apache-2.0", "license: Apache-2.0  # the weights too"),
        "base_model": ("Qwen/Qwen3-8B", "base_model: Qwen/Qwen3-8B"),
        "training_datasets": ("a/one,b/two", "datasets: [b/two, a/one]"),
        "languages": ("en,zh", "language:\n- zh\n- en"),
    }
    assert {(one.finding, one.basis, one.taken_at, one.reader) for one in found.values()} == {
        (Finding.KNOWN, Basis.FIRST_PARTY, NOW, "model_card/1")
    }


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("title", ["Tiny", "通义千问 🐉"])
def test_quotes_match_byte_for_byte_whatever_stands_before_them(line_end, mark, title):
    found = readings((mark + card(f"model_name: {title}\nlicense: mit\nlanguage:\n- zh")).replace("\n", line_end))
    assert quote(found["weights_licence"]) == "license: mit"
    assert quote(found["languages"]) == f"language:{line_end}- zh"


def test_what_others_say_is_third_party():
    assert {one.basis for one in readings(CARD, first_party=False).values()} == {Basis.THIRD_PARTY}


def test_a_key_that_a_card_leaves_out_is_absent_and_names_the_document():
    found = readings(card("license: mit"))
    assert found["weights_licence"].finding is Finding.KNOWN
    assert found["base_model"].finding is Finding.ABSENT
    assert found["base_model"].note == "the front matter of README.md has no key `base_model`"
    assert set(found) == set(COLLECTOR.quantities)


@pytest.mark.parametrize("value", ["", " ~", " null", " []", ' ""', " [null, '']"])
def test_a_key_without_a_value_is_absent_with_its_line_quoted(value):
    one = readings(card(f"license:{value}\ntags: x"))["weights_licence"]
    assert (one.finding, quote(one)) == (Finding.ABSENT, f"license:{value}")


@pytest.mark.parametrize(
    ("front", "quantity", "finding", "value"),
    [
        ("language: no", "languages", Finding.KNOWN, "no"),
        ("language: [NO, on, zh-Hans]", "languages", Finding.KNOWN, "no,on,zh-hans"),
        ("language: [en, code, multilingual]", "languages", Finding.KNOWN, "en"),
        ("language: English", "languages", Finding.PARTIAL, "english"),
        ("license: [mit, Apache 2.0, mit]", "weights_licence", Finding.KNOWN, "apache-2.0,mit"),
        ("license: other\nlicense_name: Tencent Hunyuan", "weights_licence", Finding.KNOWN, "tencent-hunyuan"),
        ("license: other", "weights_licence", Finding.PARTIAL, "other"),
        ("license: unknown", "weights_licence", Finding.ABSENT, None),
        ("license: {id: mit}", "weights_licence", Finding.UNMEASURED, None),
        ("license: |\n  MIT\n  License\ntags: x", "weights_licence", Finding.KNOWN, "mit"),
        ("license: 2024-01-01", "weights_licence", Finding.KNOWN, "2024-01-01"),
        ("{license: mit, language: en}", "weights_licence", Finding.KNOWN, "mit"),
        ("tags: x\nnested:\n  license: mit", "weights_licence", Finding.ABSENT, None),
        (f"base_model: {'x' * (MAX_VALUE + 1)}", "base_model", Finding.UNMEASURED, None),
    ],
)
def test_values_are_read_as_they_are_written(front, quantity, finding, value):
    one = readings(card(front))[quantity]
    assert (one.finding, one.value) == (finding, value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (card("a: &a [x, x]\nb: &b [*a, *a]\nlicense: *b"), "front matter: wants plain YAML, found an alias"),
        (card("license: !!python/object/apply:os.system [id]"), "front matter: wants plain YAML, found an alias"),
        (card("<<: {license: mit}\ntags: x"), "front matter: wants plain YAML, found a merge key"),
        (card("license: " + "[" * 9 + "]" * 9), "front matter: wants at most 8 levels"),
        (card("[" * 60_000), "front matter: wants at most 8 levels"),
        (card("license: mit\nlicense: apache-2.0"), "front matter: wants each key once, found 'license' twice"),
        (card("\n".join(f"k{n}: v" for n in range(300))), "front matter: wants at most 256 keys, found 300"),
        (card("license: [mit"), "front matter: wants YAML, found: expected ',' or ']', but got '<stream end>', line"),
        (card("license: a: b"), "front matter: wants YAML, found: mapping values are not allowed here, line 2"),
        (card("license: \x07"), "front matter: wants YAML, found: characters that are not allowed"),
        (card('license: "\\uD800"'), "front matter: wants characters"),
        (card('license: "\\UFFFFFFFF"'), "front matter: wants characters"),
        (card("license: mit\n" + "# " + "x" * 70_000), "front matter: wants its end within 65536 bytes"),
        (card("license: 麻省理工").encode("gbk"), "front matter: wants UTF-8, found byte 0xc2"),
        (card("license: mit").encode("utf-16"), "document: wants UTF-8, found UTF-16"),
    ],
)
def test_front_matter_that_cannot_be_read_is_unmeasured_never_absent(content, reason):
    started = time.process_time()
    found = readings(content)
    assert time.process_time() - started < 5
    assert set(found) == set(COLLECTOR.quantities)
    for one in found.values():
        assert one.finding is Finding.UNMEASURED
        assert one.note.startswith(reason)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# Tiny\n\nlicense: mit\n",
        "Released under an Apache-2.0-like licence.\n",
        "The MIT License applies.\n",
        "```\n---\nlicense: mit\n---\n```\n",
        "---\nlicense: mit\n",
        "---\nA thematic break, then prose.\n---\n",
        "---\n- license\n- mit\n---\n",
        "---\nid: lifecycle\ntitle: A documentation page\n---\n",
        "---\n---\n",
        b"\xd6\xd0\xce\xc4 license: mit",
    ],
)
def test_a_document_that_is_no_card_says_nothing(content):
    assert readings(content) == {}


def test_a_long_list_is_quoted_in_part_and_still_matches():
    one = readings(card("language:\n" + "\n".join(f"- {a}{b}" for a in "abcdefghij" for b in "abcdefghij")))[
        "languages"
    ]
    assert one.value.count(",") == 99
    assert len(quote(one)) == MAX_QUOTE


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(TEXTS, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_whatever_stands_in_the_front_matter_is_read_or_refused(lines, line_end):
    readings(line_end.join(["---", "license: mit", *lines, "language: en", "---", "body"]))


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_they_are_read_or_refused(content):
    readings(b"---\n" + content + b"\n---\n")


@pytest.mark.parametrize(
    ("url", "media_type", "accepted"),
    [
        ("https://x.example/README.md", "application/octet-stream", True),
        ("https://x.example/raw/LICENSE?x=1", "", True),
        ("https://x.example/card", "text/markdown; charset=utf-8", True),
        ("file:///d/License.txt", "text/plain", True),
        ("https://x.example/README.md", "text/html", True),
        ("https://x.example/paper.pdf", "application/pdf", False),
        ("https://x.example/model.gguf", "application/x-gguf", False),
    ],
)
def test_only_text_is_accepted(url, media_type, accepted):
    assert COLLECTOR.accepts(document("", url, media_type)) is accepted


# Real documents.


def real(pattern):
    if not REAL.is_dir():
        pytest.skip(f"no real documents: {REAL} is not there")
    return sorted(path for path in REAL.glob(pattern) if path.is_file())


def read_real(path, content=None):
    return readings(path.read_bytes() if content is None else content, path.as_uri())


def values(found):
    return {name: (one.finding, one.value, one.sources[0].quote) for name, one in found.items()}


def test_a_real_card_is_read():
    found = read_real(next(iter(real("bigscience/bloom/README.md"))))
    assert found["weights_licence"].value == "bigscience-bloom-rail-1.0"
    assert "zh,zhs,zht,zu" in found["languages"].value
    assert found["languages"].note == "listed besides: code"
    assert found["training_datasets"].finding is Finding.ABSENT


def test_front_matter_that_something_was_put_before_is_read_all_the_same():
    plain, preceded = readings(CARD), readings("Something about another model.\n\n" + CARD)
    assert {name: one.value for name, one in preceded.items()} == {name: one.value for name, one in plain.items()}


def test_no_real_card_changes_what_it_says_with_what_is_appended_or_how_lines_end():
    """Prose behind a card's front matter changes nothing; other line ends change the offsets and nothing else."""
    for path in real("*/*/*"):
        content = path.read_bytes()
        found = read_real(path, content)
        assert values(read_real(path, content + b"\nlicense: mit\n")) == values(found), path
        unix = content.replace(b"\r\n", b"\n")
        turned = read_real(path, unix.replace(b"\n", b"\r\n"))
        assert {name: one.value for name, one in turned.items()} == {name: one.value for name, one in found.items()}, (
            path
        )
