"""JSON that follows a schema, and equals the wanted value where the item has one."""

from scorecards.checks import _json_schema, _json_text
from scorecards.checks._check import Answer, Check, Score
from scorecards.evalsets import Item


def _put(item: Item) -> str:
    return item.prompt


def _judge(item: Item, answer: Answer) -> Score:
    try:
        value = _json_text.parse(answer.text)
    except ValueError as error:
        return Score.of(f"no JSON: {error}", right=False)
    try:
        broken = _json_schema.fault(item.fields["schema"], value)
    except ValueError as error:
        return Score.unscored(str(error))
    if broken:
        return Score.of(broken, right=False)
    if item.answer is not None and value != item.answer:
        return Score.of("another value than the wanted one", right=False)
    return Score.of("follows the schema", right=True)


CHECK = Check(needs={"schema": ("a JSON Schema", _json_schema.is_schema)}, put=_put, judge=_judge)
