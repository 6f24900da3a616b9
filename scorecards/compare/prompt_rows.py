"""One prompt of a comparison with the checks of its answers, out of one row of a file or one item of a set."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards import checks
from scorecards.checks import _json_schema
from scorecards.checks._check import Need, is_text
from scorecards.evalsets import EvalSet, Item
from scorecards.exchanges import Ask, Tool

UNKNOWN_LANGUAGE = "und"
"""BCP 47 for a prompt whose language nobody said."""
LONGEST_PROMPT = 400_000

DOMAINS = ("domain", "subject", "task", "category")
CLUSTERS = ("cluster", "problem", "original")
"""Fields by which sets say what a question is about, and which questions are one question in several dresses."""


def _is_whole(value: str) -> bool:
    """Tell whether a text has no half of a surrogate pair, which JSON can carry and no endpoint or database takes."""
    return not any("\ud800" <= one <= "\udfff" for one in value)


TEXT: Need = (
    f"a text of at most {LONGEST_PROMPT} whole characters",
    lambda value: isinstance(value, str) and is_text(value) and len(value) <= LONGEST_PROMPT and _is_whole(value),
)
WORDS: Need = ("a text of whole characters", lambda value: isinstance(value, str) and _is_whole(value))
SCHEMA: Need = ("a JSON Schema", _json_schema.is_schema)
LIST: Need = ("a list of objects, each with a kind", lambda value: isinstance(value, list))
ROW: Mapping[str, Need] = {
    "prompt": TEXT, "id": ("a short text", lambda value: is_text(value) and len(str(value)) <= 200),  # noqa: PLR2004
    "lang": TEXT, "domain": WORDS, "cluster": WORDS, "system": WORDS, "schema": SCHEMA, "checks": LIST,
}  # fmt: skip
"""What the columns of a row must be; `prompt` alone has to be there."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was left out: where it stands (from 1), what was wanted and what was found."""

    row: int
    wanted: str
    found: str


class RowError(ValueError):
    """A row is no prompt."""

    def __init__(self, wanted: str, found: object) -> None:
        super().__init__(f"wants {wanted}, has {_short(found)}")
        self.wanted, self.found = wanted, _short(found)

    def at(self, row: int) -> Problem:
        """Return this as the problem of a row."""
        return Problem(row, self.wanted, self.found)


def _short(value: object) -> str:
    said = value if isinstance(value, Said) else repr(value)
    return said if len(said) <= 120 else said[:119] + "…"  # noqa: PLR2004


class Said(str):
    """Words about what was found, instead of the thing itself."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, and how answers are checked.

    Attributes:
        id: Unique in a comparison.
        lang: BCP 47 tag, `und` when nobody said.
        cluster: Prompts of one cluster are not independent of each other; "" = on its own.
        set: Name of the evaluation set or file it is from.
        checks: An answer is right when all say so; () = outputs are only put side by side.
        tools: Functions that are offered with it.
        schema: JSON Schema that the request asks the endpoint to keep to; None = free text.
    """

    id: str
    text: str
    lang: str = UNKNOWN_LANGUAGE
    domain: str = ""
    cluster: str = ""
    system: str = ""
    set: str = ""
    checks: tuple[Item, ...] = ()
    tools: tuple[Tool, ...] = ()
    schema: Mapping[str, Any] | None = field(default=None, hash=False)

    def labels(self) -> list[str]:
        """Return a name for each check, unique in the prompt: its kind: `regex`, then `regex 2`."""
        seen = Counter[str]()
        return [_numbered(one.kind, seen) for one in self.checks]

    def ask(self, repeat: int, max_output_tokens: int, temperature: Decimal | None, seed: int | None = None) -> Ask:
        """Return the request of one cell; its role names the cell, `PROMPT#REPEAT`.

        An answer that is cut at its cap counts like any other: the checks say whether what came is right.
        """
        return Ask(
            text=self.text,
            system=self.system,
            max_output_tokens=max_output_tokens,
            temperature=temperature,
            seed=seed,
            role=f"{self.id}#{repeat}",
            tools=self.tools,
            schema=self.schema,
        )


def _numbered(kind: str, seen: Counter[str]) -> str:
    seen[kind] += 1
    return kind if seen[kind] == 1 else f"{kind} {seen[kind]}"


def of_set(one: EvalSet) -> Iterator[Prompt]:
    """Yield a prompt for each item of a set that a check knows, put as that check puts it."""
    known = checks.load()
    yield from (of_item(item, one.name) for item in one.items if item.kind in known)


def of_item(item: Item, set_name: str) -> Prompt:
    """Return the prompt of one item, whose kind a check knows."""
    check = checks.load()[item.kind]
    cluster = next((str(item.fields[key]) for key in CLUSTERS if key in item.fields), "")
    return Prompt(
        id=f"{set_name}/{item.id}",
        text=check.put(item),
        lang=item.lang,
        domain=next((str(item.fields[key]) for key in DOMAINS if key in item.fields), ""),
        cluster=f"{set_name}/{cluster}" if cluster else "",
        set=set_name,
        checks=(item,),
        tools=check.tools(item),
    )


def of_row(row: object, number: int, set_name: str) -> Prompt:
    """Return the prompt of one row of a file: `{prompt, id?, lang?, domain?, cluster?, system?, schema?, checks?}`.

    The text is asked as it stands.

    Raises:
        RowError: a column is not what it must be, or a check cannot be read.
    """
    if not isinstance(row, dict):
        raise RowError("an object with a prompt", row)
    if strange := sorted(row.keys() - ROW.keys()):
        raise RowError(f"columns {', '.join(ROW)}", strange[0])
    for key, need in ROW.items():
        if key in row or key == "prompt":
            _must(row.get(key), need, key)
    told = {key: row[key] for key in ("lang", "domain", "cluster", "system", "schema") if key in row}
    item = Item(row.get("id", f"row-{number}"), "", row.get("lang", UNKNOWN_LANGUAGE), row["prompt"], None)
    found = tuple(_check(spec, item) for spec in row.get("checks", ()))
    tools = tuple(tool for one in found for tool in checks.load()[one.kind].tools(one))
    return Prompt(item.id, item.prompt, **told, set=set_name, checks=found, tools=tools)


def _check(spec: object, item: Item) -> Item:
    known = checks.load()
    if not isinstance(spec, dict) or spec.get("kind") not in [*known]:
        raise RowError(f"a check of kind {', '.join(known)}", spec.get("kind") if isinstance(spec, dict) else spec)
    kind = spec["kind"]
    for key, need in known[kind].needs.items():
        _must(spec.get(key), need, f"{key} of check {kind}")
    fields = {key: value for key, value in spec.items() if key not in ("kind", "answer")}
    return Item(item.id, kind, item.lang, item.prompt, spec.get("answer"), fields)


def _must(value: object, need: Need, what: str) -> None:
    wanted, test = need
    if not test(value):
        raise RowError(f"{what}: {wanted}", Said("nothing") if value is None else value)
