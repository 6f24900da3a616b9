"""promptfoo's configuration: prompts and checks read from it, and written to it, by the nearest assertion.

Source: promptfoo.dev/docs/configuration/expected-outputs, read 2026-11-25; promptfoo 0.123.1 ran what is written.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from scorecards.checks import keys as keys_check
from scorecards.compare.prompt_rows import Prompt, RowError, Said
from scorecards.evalsets import Item

Row = dict[str, Any]
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*(?:\|\s*(dump|safe)\s*)?\}\}")
RAW = re.compile(r"\A\{% raw %\}(.*)\{% endraw %\}\Z", re.DOTALL)
TEMPLATE = re.compile(r"\{[{%#]")
OF_EVERY_REQUEST = frozenset({"latency", "cost"})
"""Assertions about what is measured of every answer anyway; they check nothing that was said."""
CHAT = (
    '[{% if system %}{"role": "system", "content": {{ system | dump }}}, {% endif %}'
    '{"role": "user", "content": {{ prompt | dump }}}]'
)
PLAIN = "{{ prompt }}"


def rows(text: str) -> Iterator[tuple[int, object]]:
    """Yield each test of a configuration under each of its prompts, numbered from 1, as a row of prompts.

    Raises:
        ValueError: it is no YAML of that shape.
    """
    try:
        config = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"wants YAML, {' '.join(str(error).split())[:200]}") from error
    if not isinstance(config, dict) or not isinstance(config.get("tests"), list):
        raise ValueError("wants promptfoo's YAML with a list of tests")  # noqa: TRY004 - the file's type, not ours
    templates = config.get("prompts") or [PLAIN]
    shared = _assertions(config.get("defaultTest"))
    several = len(templates) > 1 if isinstance(templates, list) else False
    cases = [(template, test) for test in config["tests"] for template in _listed(templates)]
    for number, (template, test) in enumerate(cases, start=1):
        try:
            yield number, _row(template, test, shared, number, several=several)
        except RowError as error:
            yield number, error


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _assertions(test: object) -> list[Any]:
    found = test.get("assert") if isinstance(test, dict) else None
    return found if isinstance(found, list) else []


def _row(template: object, test: object, shared: Sequence[Any], number: int, *, several: bool) -> Row:
    if not isinstance(test, dict):
        raise RowError("a test with vars", test)
    variables = test.get("vars")
    told = _metadata(test.get("metadata"))
    asked = _asked(template, variables if isinstance(variables, dict) else {})
    name = str(test["description"]) if test.get("description") else f"row-{number}"
    found = [_check(one) for one in [*shared, *_assertions(test)]]
    return {"id": f"{name}/{number}" if several else name, **told, **asked, "checks": [one for one in found if one]}


def _metadata(found: object) -> Row:
    told = found if isinstance(found, dict) else {}
    return {key: told[key] for key in ("lang", "domain", "cluster") if isinstance(told.get(key), str)}


def _asked(template: object, variables: Mapping[str, object]) -> Row:
    """Return the prompt, and the system message where the template is a chat."""
    text = template.get("raw") if isinstance(template, dict) else template
    if text == CHAT:
        text = PLAIN
        told = {"system": str(variables["system"])} if variables.get("system") else {}
        return {**told, "prompt": _filled(text, variables)}
    if not isinstance(text, str) or text.startswith("file://"):
        raise RowError("a prompt written in the file", template)
    return {"prompt": _filled(text, variables)}


def _filled(template: str, variables: Mapping[str, object]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in variables:
            raise RowError(f"a value for {{{{{found[1]}}}}}", Said("none among vars"))
        return str(variables[found[1]])

    if TEMPLATE.search(VARIABLE.sub("", template)):
        raise RowError("a template of {{variables}} only", template)
    return VARIABLE.sub(value, template)


def _plain(value: object) -> str:
    text = str(value)
    raw = RAW.match(text)
    return raw[1] if raw else text


def _texts(value: object, **fields: object) -> Row:
    return {"kind": "contains", "texts": [_plain(one) for one in _listed(value)], **fields}


READS: Mapping[str, Callable[[Any], Row]] = {
    "equals": lambda value: {"kind": "exact", "answer": _plain(value)},
    "contains": _texts,
    "contains-all": _texts,
    "contains-any": lambda value: _texts(value, mode="any"),
    "icontains": lambda value: _texts(value, ignore_case=True),
    "icontains-all": lambda value: _texts(value, ignore_case=True),
    "icontains-any": lambda value: _texts(value, mode="any", ignore_case=True),
    "not-contains": lambda value: _texts(value, mode="none"),
    "not-contains-any": lambda value: _texts(value, mode="none"),
    "not-icontains": lambda value: _texts(value, mode="none", ignore_case=True),
    "not-icontains-any": lambda value: _texts(value, mode="none", ignore_case=True),
    "starts-with": lambda value: {"kind": "regex", "pattern": rf"\A{re.escape(_plain(value))}"},
    "regex": lambda value: {"kind": "regex", "pattern": _plain(value)},
    "not-regex": lambda value: {"kind": "regex", "pattern": _plain(value), "absent": True},
    "is-json": lambda value: {"kind": "schema", "schema": value} if isinstance(value, dict) else {"kind": "json"},
}
"""promptfoo's assertion → the check that asks the same."""


def _check(assertion: object) -> Row | None:
    kind = assertion.get("type") if isinstance(assertion, dict) else None
    if kind in [*OF_EVERY_REQUEST]:
        return None
    if not isinstance(assertion, dict) or not isinstance(kind, str) or kind not in READS:
        raise RowError(f"an assertion of type {', '.join(READS)}", kind or assertion)
    return READS[kind](assertion.get("value"))


def _contains(item: Item) -> Row:
    sort = {"all": "contains-all", "any": "contains-any", "none": "not-contains-any"}[item.fields.get("mode") or "all"]
    named = sort.replace("contains", "icontains") if item.fields.get("ignore_case") else sort
    return {"type": named, "value": [_raw(one) for one in item.fields["texts"]]}


def _numeric(item: Item) -> Row:
    """Return a pattern of the number with or without commas between thousands and zeros after the point."""
    whole, _, part = str(item.answer).replace(",", "").partition(".")
    spread = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",?", whole)
    tail = rf"\.{part}0*" if part.strip("0") else r"(?:\.0+)?"
    return {"type": "regex", "value": rf"(?:^|[^\d.,-]){spread}{tail}(?:$|[^\d.,]|[.,](?:$|\D))"}


def _keys(item: Item) -> Row:
    """Return a schema of the keys at the top; those inside others stay unsaid."""
    top = {key: kind for key, kind in keys_check.expected(item).items() if "." not in key and "[" not in key}
    typed = {key: {} if kind == "any" else {"type": kind} for key, kind in top.items()}
    return {"type": "is-json", "value": {"type": "object", "required": [*top], "properties": typed}}


def _tools(item: Item) -> Row | None:
    names = [name for one in item.answer for name in one]
    return {"type": "tool-call-f1", "value": names, "threshold": 1} if names else None


def _regex(item: Item) -> Row:
    return {"type": "not-regex" if item.fields.get("absent") else "regex", "value": _raw(item.fields["pattern"])}


WRITES: Mapping[str, Callable[[Item], Row | None]] = {
    "contains": _contains,
    "exact": lambda item: {"type": "icontains-any", "value": [_raw(one) for one in _listed(item.answer)]},
    "json": lambda _: {"type": "is-json"},
    "keys": _keys,
    "label": lambda item: {"type": "icontains", "value": _raw(item.answer)},
    "mcq": lambda item: {"type": "regex", "value": rf"\b{item.answer}\b"},
    "numeric": _numeric,
    "regex": _regex,
    "schema": lambda item: {"type": "is-json", "value": item.fields["schema"]},
    "tools": _tools,
}
"""Kind of a check → the nearest of promptfoo's assertions; None, and a kind that is not here, cannot be said there."""


def unsaid(prompts: Sequence[Prompt]) -> list[str]:
    """Return every check that has no assertion, as `PROMPT: KIND`."""
    return [f"{one.id}: {item.kind}" for one in prompts for item in one.checks if _assertion(item) is None]


def _assertion(item: Item) -> Row | None:
    return WRITES[item.kind](item) if item.kind in WRITES else None


def export(prompts: Sequence[Prompt], providers: Sequence[Any]) -> str:
    """Return a configuration that asks the same prompts of promptfoo's `providers`, with a note of what is unsaid."""
    left = unsaid(prompts)
    config = {
        "description": "Prompts and checks of a Pellucid comparison, by the nearest assertion",
        "prompts": [CHAT if any(one.system for one in prompts) else PLAIN],
        "providers": list(providers),
        "tests": [_test(one) for one in prompts],
    }
    notes = "".join(f"# no assertion says the check of {json.dumps(one, ensure_ascii=False)}\n" for one in left)
    return notes + yaml.dump(config, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


class _Dumper(yaml.SafeDumper):
    """Quotes texts with ends of line that only YAML knows; PyYAML would write those as spaces."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if re.search("[\x85\u2028\u2029]", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _test(prompt: Prompt) -> Row:
    told = {"lang": prompt.lang, "domain": prompt.domain, "cluster": prompt.cluster, "set": prompt.set}
    variables = {"prompt": prompt.text, **({"system": prompt.system} if prompt.system else {})}
    found = [_assertion(item) for item in prompt.checks]
    return {
        "description": prompt.id,
        "vars": variables,
        "assert": [one for one in found if one],
        "metadata": {key: value for key, value in told.items() if value},
    }


def _raw(text: str) -> str:
    """Return a value that promptfoo asserts as it stands: unlike vars, values of assertions are templates."""
    return f"{{% raw %}}{text}{{% endraw %}}" if TEMPLATE.search(text) else text
