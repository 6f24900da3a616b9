"""Function calls: the right functions with accepted arguments, in any order; none where none is wanted."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scorecards.checks import _json_schema, _json_text
from scorecards.checks._check import OBJECTS, Answer, Check, Need, Score, is_text
from scorecards.evalsets import Item
from scorecards.exchanges import Tool, ToolCall

TYPES = {"dict": "object", "float": "number", "tuple": "array", "any": None}
"""Types of the Berkeley function-calling leaderboard that JSON Schema calls otherwise; None = any value."""
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")
IGNORED = re.compile(r"[\s,./\-_*^()]")
"""Signs in which two texts may differ and still be the same argument, as that leaderboard has it."""
OPTIONAL = ""
"""Among the accepted values: the argument may be left out."""

Call = tuple[str, Mapping[str, Any]]


def _put(item: Item) -> str:
    return item.prompt


def offered(item: Item) -> tuple[Tool, ...]:
    """Return the functions of an item as every wire protocol takes them: plain names, JSON Schema."""
    return tuple(
        Tool(safe(one["name"]), str(one.get("description", "")), json_schema(one.get("parameters", {})))
        for one in item.fields["functions"]
    )


def safe(name: str) -> str:
    """Return a function's name in the letters that every endpoint takes.

    >>> safe("games.get_count")
    'games_get_count'
    """
    return NOT_IN_A_NAME.sub("_", name)


def json_schema(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter's description as JSON Schema."""
    kept = {key: found[key] for key in ("description", "enum", "required") if key in found}
    named = TYPES.get(str(found.get("type")), found.get("type"))
    if named:
        kept["type"] = named
    if isinstance(found.get("properties"), dict):
        kept["properties"] = {key: json_schema(one) for key, one in found["properties"].items()}
    if isinstance(found.get("items"), dict):
        kept["items"] = json_schema(found["items"])
    return kept


def parsed(calls: Sequence[ToolCall], tools: Sequence[Tool]) -> Iterator[Call]:
    """Yield every call with its arguments.

    Raises:
        ValueError: a call names no offered function, its arguments are no JSON object or break their schema.
    """
    schemas = {one.name: one.parameters for one in tools}
    for one in calls:
        if one.name not in schemas:
            raise ValueError(f"calls {one.name[:60]!r}, which nobody offered")
        arguments = _json_text.parse(one.arguments or "{}")
        if not isinstance(arguments, dict):
            raise ValueError(  # noqa: TRY004 - not our type, the model's
                f"{one.name}: wants an object of arguments, has {one.arguments[:60]!r}"
            )
        if broken := _json_schema.fault(schemas[one.name], arguments):
            raise ValueError(f"{one.name}: {broken}")
        yield one.name, arguments


def _judge(item: Item, answer: Answer) -> Score:
    names = ", ".join(one.name for one in answer.tool_calls) or "no call"
    if len(answer.tool_calls) != len(item.answer):
        return Score.of(f"wants {len(item.answer)} calls, has {len(answer.tool_calls)}: {names}", right=False)
    try:
        calls = list(parsed(answer.tool_calls, offered(item)))
    except ValueError as error:
        return Score.of(str(error), right=False)
    wanted = [(safe(name), arguments) for one in item.answer for name, arguments in one.items()]
    return Score.of(
        names
        if _all_match(wanted, calls)
        else f"other calls or arguments: {json.dumps(calls, ensure_ascii=False)[:160]}",
        right=_all_match(wanted, calls),
    )


def _all_match(wanted: Sequence[Call], calls: Sequence[Call]) -> bool:
    """Tell whether the calls can be paired with the wanted ones."""
    if not wanted:
        return True
    first, rest = wanted[0], wanted[1:]
    return any(
        _matches(first, one) and _all_match(rest, [*calls[:at], *calls[at + 1 :]]) for at, one in enumerate(calls)
    )


def _matches(wanted: Call, call: Call) -> bool:
    return wanted[0] == call[0] and _same_members(wanted[1], call[1])


def _same_members(accepted: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Tell whether each given argument is accepted, and none is missing but those that may be."""
    missing = accepted.keys() - given.keys()
    return (
        given.keys() <= accepted.keys()
        and all(OPTIONAL in accepted[name] for name in missing)
        and all(any(_same(one, value) for one in accepted[name]) for name, value in given.items())
    )


def _same(accepted: Any, value: Any) -> bool:  # noqa: ANN401 - JSON is what it is
    if isinstance(accepted, dict) and isinstance(value, dict):
        return _same_members(accepted, value)
    if isinstance(accepted, list) and isinstance(value, list):
        return len(accepted) == len(value) and all(map(_same, accepted, value))
    if isinstance(accepted, str) and isinstance(value, str):
        return _flat(accepted) == _flat(value)
    return isinstance(accepted, bool) == isinstance(value, bool) and bool(accepted == value)


def _flat(text: str) -> str:
    return IGNORED.sub("", text.casefold()).replace("'", '"')


def _is_function(value: Any) -> bool:  # noqa: ANN401 - what the file says
    return is_text(value.get("name")) and _is_described(value.get("parameters", {}))


def _is_described(value: object) -> bool:
    """Tell whether `json_schema` can read a parameter's description."""
    if not isinstance(value, dict):
        return False
    inner = value.get("properties")
    return all(map(_is_described, inner.values() if isinstance(inner, dict) else ())) and isinstance(
        value.get("type", ""), str
    )


def _is_call(value: Any) -> bool:  # noqa: ANN401 - what the file says
    return all(isinstance(one, dict) and _is_accepted(one) for one in value.values())


def _is_accepted(value: object) -> bool:
    """Tell whether every object within accepted values names a list of them for each member."""
    if isinstance(value, list):
        return all(map(_is_accepted, value))
    return not isinstance(value, dict) or all(isinstance(one, list) and _is_accepted(one) for one in value.values())


FUNCTIONS: Need = (
    "a list of functions, each with a name and perhaps parameters",
    lambda value: OBJECTS[1](value) and all(map(_is_function, value)),
)
CALLS: Need = (
    "a list of calls, each of name → argument → list of accepted values",
    lambda value: OBJECTS[1](value) and all(map(_is_call, value)),
)
CHECK = Check(needs={"functions": FUNCTIONS, "answer": CALLS}, put=_put, judge=_judge, tools=offered)
