"""The language of the answer: the one named, else that of the prompt."""

from scorecards.checks import _languages
from scorecards.checks._check import Answer, Check, Score
from scorecards.evalsets import Item

KNOWN = sorted({*_languages.WRITES, *_languages.COMMON})


def _put(item: Item) -> str:
    return item.prompt


def _judge(item: Item, answer: Answer) -> Score:
    wanted = item.fields.get("language") or item.lang.partition("-")[0]
    told = _languages.is_in(answer.text, wanted)
    if told is None:
        return Score.unscored(f"nobody can tell whether it is {wanted}")
    return Score.of(f"in {wanted}" if told else f"not in {wanted}", right=told)


CHECK = Check(
    needs={"language": (f"one of {', '.join(KNOWN)}", lambda value: value is None or value in KNOWN)},
    put=_put,
    judge=_judge,
)
