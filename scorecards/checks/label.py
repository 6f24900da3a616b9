"""One label of a short list, such as yes, no or maybe."""

import re

from scorecards.checks._check import CUE, IS, Answer, Check, Score, only, plain
from scorecards.evalsets import Item


def _put(item: Item) -> str:
    context = [str(item.fields["context"]), ""] if item.fields.get("context") else []
    labels = ", ".join(item.fields["labels"])
    return "\n".join([*context, item.prompt, "", only(item, "label").format(labels)])


def _judge(item: Item, answer: Answer) -> Score:
    text = plain(answer.text).casefold()
    labels = sorted((one.casefold() for one in item.fields["labels"]), key=len, reverse=True)
    word = rf"(?<![a-z0-9])({'|'.join(map(re.escape, labels))})(?![a-z0-9])"
    begins = re.match(rf"\W*{word}", text)
    marked = re.findall(rf"{CUE}{IS}\W*{word}", text)
    occurring = set(re.findall(word, text))
    if len(occurring) > 1 and not begins and not marked:
        return Score.unscored(f"names several labels: {', '.join(sorted(occurring))}")
    said = marked[-1] if marked else begins[1] if begins else next(iter(occurring), None)
    if said is None:
        return Score.nothing(answer.text, "names no label")
    return Score.of(said, right=said == item.answer.casefold())


CHECK = Check(put=_put, judge=_judge)
