"""One label of a short list, such as yes, no or maybe; prose without a label is for people to judge."""

import re

from scorecards.checks._check import CUE, DECLINED, IS, TEXT, TEXTS, Answer, Check, Score, declines, only, plain
from scorecards.evalsets import Item


def _put(item: Item) -> str:
    context = [str(item.fields["context"]), ""] if item.fields.get("context") else []
    labels = ", ".join(item.fields["labels"])
    return "\n".join([*context, item.prompt, "", only(item, "label").format(labels)])


def _judge(item: Item, answer: Answer) -> Score:
    text = plain(answer.text).casefold().strip()
    labels = sorted((one.casefold() for one in item.fields["labels"]), key=len, reverse=True)
    word = rf"(?<![a-z0-9])({'|'.join(map(re.escape, labels))})(?![a-z0-9])"
    begins = re.match(rf"\W*{word}", text)
    marked = re.findall(rf"{CUE}{IS}\W*{word}", text)
    closing = set(re.findall(rf"{word}(?=[\s\"'”’)]*(?:[.,;:!?。，；！]|$))", text)) - {
        one for one in labels if _is_common(one)
    }
    if len(closing) > 1 and not begins and not marked:
        return Score.unscored(f"names several labels: {', '.join(sorted(closing))}")
    said = marked[-1] if marked else begins[1] if begins else next(iter(closing), None)
    if said is None:
        return Score.unscored(DECLINED if declines(answer.text) else "names no label")
    return Score.of(said, right=said == item.answer.casefold())


def _is_common(label: str) -> bool:
    """Tell whether a label is a single Chinese character: 是 stands in nearly every sentence."""
    return len(label) == 1 and not label.isascii()


CHECK = Check(needs={"labels": TEXTS, "answer": TEXT}, put=_put, judge=_judge)
