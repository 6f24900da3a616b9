"""JSON that a parser takes: no words around it, no member named twice."""

from scorecards.checks import _json_text
from scorecards.checks._check import Answer, Check, Need, Score
from scorecards.evalsets import Item

BARE: Need = ("true or false", lambda value: value is None or isinstance(value, bool))


def _put(item: Item) -> str:
    return item.prompt


def _judge(item: Item, answer: Answer) -> Score:
    if item.fields.get("bare") and _json_text.FENCED.match(answer.text):
        return Score.of("a fence around the JSON", right=False)
    try:
        _json_text.parse(answer.text)
    except ValueError as error:
        return Score.nothing(answer.text, f"no JSON: {error}")
    return Score.of("JSON", right=True)


CHECK = Check(needs={"bare": BARE}, put=_put, judge=_judge)
