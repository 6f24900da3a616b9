"""Files of prompts: what is read, what is left out and told, and promptfoo's form of it."""

import json
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import evalset_files
from scorecards.compare import prompt_rows, promptfoo, prompts
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.prompts import PromptsError
from scorecards.evalsets import Item


def lines(*rows):
    return "\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows).encode()


def parsed(*rows):
    return prompts.parse(lines(*rows), "mine.jsonl")


ROW = {
    "id": "a",
    "prompt": "Classify: 漏水",
    "lang": "zh",
    "domain": "support",
    "cluster": "c",
    "system": "Be brief.",
    "checks": [
        {"kind": "keys", "keys": ["urgency"]},
        {"kind": "regex", "pattern": "x"},
        {"kind": "regex", "pattern": "y"},
    ],
}


def test_a_row_is_a_prompt_with_its_checks():
    [one] = parsed(ROW).prompts
    assert (one.id, one.text, one.lang, one.domain, one.cluster, one.system, one.set) == (
        "a",
        "Classify: 漏水",
        "zh",
        "support",
        "c",
        "Be brief.",
        "mine",
    )
    assert one.labels() == ["keys", "regex", "regex 2"]
    ask = one.ask(2, 200, None, seed=7)
    assert (ask.text, ask.system, ask.role, ask.seed, ask.whole) == (one.text, "Be brief.", "a#2", 7, False)


def test_a_prompt_alone_is_enough():
    [one] = parsed({"prompt": "Hi?"}).prompts
    assert (one.id, one.lang, one.checks) == ("row-1", "und", ())


PROBLEMS = [
    # row, what was wanted begins, what was found begins
    ("{", "one JSON object", "'{': "),
    ("[1]", "an object with a prompt", "[1]"),
    ({}, "prompt: a text", "nothing"),
    ({"prompt": ""}, "prompt: a text", "''"),
    ({"prompt": "  \n"}, "prompt: a text", "'  \\n'"),
    ({"prompt": 3}, "prompt: a text", "3"),
    ({"prompt": "a", "promt": 1}, "columns prompt, id", "'promt'"),
    ({"prompt": "a", "id": 3}, "id: a short text", "3"),
    ({"prompt": "a", "lang": None}, "lang: a text", "nothing"),
    ({"prompt": "a", "checks": {}}, "checks: a list", "{}"),
    ({"prompt": "a", "checks": ["json"]}, "a check of kind contains, exact", "'json'"),
    ({"prompt": "a", "checks": [{"kind": "vibes"}]}, "a check of kind contains, exact", "'vibes'"),
    ({"prompt": "a", "checks": [{"kind": "regex"}]}, "pattern of check regex: a regular expression", "nothing"),
    ({"prompt": "a", "checks": [{"kind": "regex", "pattern": "(?=a)"}]}, "pattern of check regex", "'(?=a)'"),
    (
        {"prompt": "a", "checks": [{"kind": "keys", "keys": {"a": "text"}}]},
        "keys of check keys: names, or",
        "{'a': 'text'}",
    ),
    ({"prompt": "a", "checks": [{"kind": "numeric", "answer": "many"}]}, "answer of check numeric: a number", "'many'"),
    ({"prompt": "a", "checks": [{"kind": "contains", "texts": []}]}, "texts of check contains: a list", "[]"),
    ({"prompt": "Twice?"}, "a prompt and an id that were not there before", "those of row 1"),
    ({"prompt": "b", "id": "first"}, "a prompt and an id that were not there before", "those of row 1"),
]


@pytest.mark.parametrize(("row", "wanted", "found"), PROBLEMS, ids=lambda one: str(one)[:40])
def test_a_row_that_cannot_be_read_is_told_and_the_others_go_on(row, wanted, found):
    read = parsed({"id": "first", "prompt": "Twice?"}, "", row, {"prompt": "Last?"})
    assert [one.text for one in read.prompts] == ["Twice?", "Last?"]
    [problem] = read.problems
    assert problem.row == 3
    assert (problem.wanted[: len(wanted)], problem.found[: len(found)]) == (wanted, found)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"\xff", "a.jsonl", "a.jsonl: wants UTF-8"),
        (b"a", "a.txt", "a.txt: wants a file that ends in .jsonl, .yaml, .yml"),
        (b"a: [", "a.yaml", "a.yaml: wants YAML"),
        (b"- a", "a.yaml", "a.yaml: wants promptfoo's YAML with a list of tests"),
        (b"{}\n" * 10_001, "a.jsonl", "a.jsonl: wants at most 10000 rows, has 10001"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(data, name, message):
    with pytest.raises(PromptsError, match=f"^{re.escape(message)}"):
        prompts.parse(data, name)


def test_bytes_of_other_systems_are_read():
    assert [
        one.text for one in prompts.parse('\ufeff{"prompt": "a"}\r\n{"prompt": "b"}\r\n'.encode(), "a.jsonl").prompts
    ] == ["a", "b"]


def test_reasons_are_counted():
    read = parsed({"prompt": ""}, {"prompt": " "}, "{")
    assert prompts.reasons(read.problems) == {
        f"prompt: {prompt_rows.TEXT[0]}": 2,
        "one JSON object": 1,
    }


def test_the_bundled_sets_are_prompts_with_ids_of_their_own():
    found = [
        one for name in sorted(evalset_files.bundled()) for one in prompt_rows.of_set(evalset_files.bundled()[name])
    ]
    assert len({one.id for one in found}) == len(found) > 150
    assert all(one.checks and one.set for one in found)
    assert all(one.tools for one in found if one.checks[0].kind == "tools")


def test_one_problem_in_several_languages_is_a_cluster():
    item = Item("mgsm-en-1", "numeric", "en", "?", "3", {"problem": 1, "subject": "maths"})
    one = prompt_rows.of_item(item, "mgsm")
    assert (one.cluster, one.domain, one.id) == ("mgsm/1", "maths", "mgsm/mgsm-en-1")


CONFIG = """
prompts: ['Translate {{ text }} to {{lang}}', {raw: 'Say {{text}}', label: say}]
providers: [openai:gpt]
defaultTest: {assert: [{type: latency, threshold: 9}, {type: icontains, value: WATER}]}
tests:
  - description: one
    vars: {text: 水, lang: English}
    assert: [{type: regex, value: '^w'}, {type: not-contains, value: fire}, {type: is-json}]
    metadata: {lang: en, domain: travel}
  - vars: {text: 火}
    assert: [{type: llm-rubric, value: is polite}]
"""


def test_promptfoos_tests_are_read_under_each_of_their_prompts():
    read = prompts.parse(CONFIG.encode(), "promptfooconfig.yaml")
    assert [(one.id, one.text, one.lang, one.domain) for one in read.prompts] == [
        ("one/1", "Translate 水 to English", "en", "travel"),
        ("one/2", "Say 水", "en", "travel"),
    ]
    assert read.prompts[0].labels() == ["contains", "regex", "contains 2", "json"]
    assert [(one.row, one.found) for one in read.problems] == [(3, "none among vars"), (4, "'llm-rubric'")]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("file://prompt.txt", "'file://prompt.txt'"),
        ("{% if x %}a{% endif %}", "'{% if x %}a{% endif %}'"),
        ("{{ x | upper }}", "'{{ x | upper }}'"),
    ],
)
def test_a_template_that_would_have_to_run_is_told(template, found):
    [problem] = prompts.parse(yaml.safe_dump({"prompts": [template], "tests": [{}]}).encode(), "a.yml").problems
    assert problem.found == found


CHECKED = [
    ({"kind": "regex", "pattern": r"\d{3}"}, {"type": "regex", "value": r"\d{3}"}),
    ({"kind": "regex", "pattern": "x", "absent": True}, {"type": "not-regex", "value": "x"}),
    (
        {"kind": "contains", "texts": ["a", "{{b}}"]},
        {"type": "contains-all", "value": ["a", "{% raw %}{{b}}{% endraw %}"]},
    ),
    (
        {"kind": "contains", "texts": ["a"], "mode": "none", "ignore_case": True},
        {"type": "not-icontains-any", "value": ["a"]},
    ),
    ({"kind": "json"}, {"type": "is-json"}),
    ({"kind": "schema", "schema": {"type": "array"}}, {"type": "is-json", "value": {"type": "array"}}),
    (
        {"kind": "keys", "keys": {"a": "string", "b": "any", "c.d": "any"}},
        {
            "type": "is-json",
            "value": {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {}}},
        },
    ),
    ({"kind": "exact", "answer": "Yes"}, {"type": "icontains-any", "value": ["Yes"]}),
]


@pytest.mark.parametrize(("check", "assertion"), CHECKED, ids=lambda one: str(one)[:40])
def test_a_check_is_written_as_the_nearest_assertion(check, assertion):
    [one] = parsed({"prompt": "a", "checks": [check]}).prompts
    assert yaml.safe_load(promptfoo.export([one], ["p"]))["tests"][0]["assert"] == [assertion]


NUMBERS = [
    ("1234", "so 1,234 of them", True),
    ("1234", "1234.0", True),
    ("1234", "12345", False),
    ("1234", "1.1234", False),
    ("0.5", "about 0.50", True),
    ("0.5", "0.55", False),
    ("42", "It is 42.", True),
    ("-3", "-3", True),
    ("3", "-3", False),
    ("3", "It is 3, not 4", True),
    ("3", "3,5", False),
]


@pytest.mark.parametrize(("answer", "text", "holds"), NUMBERS)
def test_a_number_is_asserted_with_and_without_commas(answer, text, holds):
    item = Item("i", "numeric", "en", "?", answer)
    assert (re.search(promptfoo._numeric(item)["value"], text) is not None) is holds


def test_what_promptfoo_cannot_assert_is_noted():
    [one] = parsed({"id": "x", "prompt": "a", "checks": [{"kind": "language", "language": "zh"}]}).prompts
    assert promptfoo.unsaid([one]) == ["x: language"]
    assert promptfoo.export([one], []).startswith('# no assertion says the check of "x: language"\n')


texts = st.text(min_size=1, max_size=40).filter(lambda one: one.strip() and "endraw" not in one and "\x00" not in one)


@given(
    st.lists(
        st.tuples(texts, st.sampled_from(["", "Be brief.", "{{ x }}"])),
        min_size=1,
        max_size=6,
        unique_by=lambda one: one[0],
    )
)
@settings(deadline=None)
def test_what_is_written_is_read_again(rows):
    mine = [Prompt(f"p{at}", text, system=system, lang="en") for at, (text, system) in enumerate(rows)]
    read = prompts.parse(promptfoo.export(mine, ["p"]).encode(), "a.yaml")
    assert [(one.id, one.text, one.system, one.lang) for one in read.prompts] == [
        (one.id, one.text, one.system, one.lang) for one in mine
    ]
