"""Instructions that a rule can verify, by IFEval's names; a rule that is not here leaves the answer unscored."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from scorecards.checks import _json_text, _languages, _pattern
from scorecards.checks._check import OBJECTS, TEXTS, Answer, Check, Score
from scorecards.evalsets import Item

Given = Mapping[str, Any]
Rule = Callable[[str, Given], bool | None]
"""`(answer, arguments) -> holds`; None = cannot be told."""

MARKERS = {"P.S.": r"p\.\s?s\.", "P.P.S": r"p\.\s?p\.\s?s"}
FIXED_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
BULLET = re.compile(r"^[^\S\n]*(?:\*(?!\*)|-(?!-))[^\S\n]*\S", re.MULTILINE)
HIGHLIGHT = re.compile(r"\*\*[^\n*]+\*\*|\*[^\n*]+\*")
DIVIDER = re.compile(r"\s?\*\*\*\s?")
ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|e\.g|i\.e|[A-Z])\.", re.IGNORECASE)


def _put(item: Item) -> str:
    return item.prompt


def _judge(item: Item, answer: Answer) -> Score:
    names = item.fields["instruction_id_list"]
    given = item.fields["kwargs"]
    held = {name: _held(name, answer.text, one) for name, one in zip(names, given, strict=False)}
    broken = [name for name, found in held.items() if found is False]
    untold = [name for name, found in held.items() if found is None]
    if broken:
        return Score.of(f"breaks {', '.join(broken)}", right=False)
    if untold:
        return Score.unscored(f"nobody can tell {', '.join(untold)}")
    return Score.of(f"keeps {', '.join(names)}", right=True)


def _held(name: str, text: str, given: Given) -> bool | None:
    rule = RULES.get(name)
    try:
        return rule(text, given) if rule else None
    except (KeyError, TypeError, AttributeError, ValueError):  # the item lacks what the rule needs
        return None


def _relation(count: int, relation: str, wanted: int) -> bool | None:
    return {"at least": count >= wanted, "less than": count < wanted, "exactly": count == wanted}.get(relation)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _number_sentences(text: str, given: Given) -> bool | None:
    """Count with and without lines and abbreviations as ends; where the two disagree, nobody can tell."""
    few = len(re.findall(r"[.!?]+[\"”')]*(?=\s|$)", ABBREVIATION.sub("", text)))
    many = len([one for one in re.split(r"[.!?。！？]+|\n+", text) if re.search(r"\w", one)])
    told = {_relation(count, given["relation"], given["num_sentences"]) for count in (few, many)}
    return told.pop() if len(told) == 1 else None


def _frequency(text: str, given: Given) -> bool | None:
    count = len(re.findall(re.escape(given["keyword"]), text, re.IGNORECASE))
    return _relation(count, given["relation"], given["frequency"])


def _letters(text: str, given: Given) -> bool | None:
    return _relation(text.lower().count(given["letter"].lower()), given["let_relation"], given["let_frequency"])


def _capitals(text: str, given: Given) -> bool | None:
    count = sum(word.isupper() for word in _words(text))
    return _relation(count, given["capital_relation"], given["capital_frequency"])


def _existence(text: str, given: Given) -> bool:
    return all(word.casefold() in text.casefold() for word in given["keywords"])


def _forbidden(text: str, given: Given) -> bool:
    return not any(re.search(rf"\b{re.escape(one)}\b", text, re.IGNORECASE) for one in given["forbidden_words"])


def _nth_paragraph(text: str, given: Given) -> bool:
    paragraphs = [one for one in re.split(r"\n\n", text) if one.strip()]
    at = given["nth_paragraph"] - 1
    if len(paragraphs) != given["num_paragraphs"] or at >= len(paragraphs):
        return False
    first = re.match(r"\W*(\w+)", paragraphs[at])
    return first is not None and first[1].lower() == str(given["first_word"]).lower()


def _json(text: str, given: Given) -> bool:
    try:
        _json_text.parse(text)
    except ValueError:
        return False
    return True


def _sections(text: str, given: Given) -> bool:
    mark = rf"\s?{re.escape(given['section_spliter'])}\s?\d+\s?"
    return len(re.split(mark, text)) - 1 >= int(given["num_sections"])


def _two_responses(text: str, given: Given) -> bool:
    parts = [one.strip() for one in text.split("******")]
    filled = [one for one in parts if one]
    return len(filled) == 2 and all(parts[1:-1]) and filled[0] != filled[1]  # noqa: PLR2004 - two responses


def _postscript(text: str, given: Given) -> bool:
    marker = MARKERS.get(given["postscript_marker"], re.escape(given["postscript_marker"]))
    return re.search(marker, text, re.IGNORECASE) is not None


def _end(text: str, given: Given) -> bool:
    return text.strip().strip('"').casefold().endswith(str(given["end_phrase"]).strip().casefold())


def _lines(text: str, given: Given) -> bool | None:
    return _relation(
        len([one for one in text.split("\n") if one.strip()]), given.get("relation", "exactly"), given["num_lines"]
    )


RULES: Mapping[str, Rule] = {
    "punctuation:no_comma": lambda text, _: "," not in text,
    "length_constraints:number_words": lambda text, given: _relation(
        len(_words(text)), given["relation"], given["num_words"]
    ),
    "length_constraints:number_sentences": _number_sentences,
    "length_constraints:number_paragraphs": lambda text, given: (
        len([one for one in DIVIDER.split(text) if one.strip()]) == given["num_paragraphs"]
    ),
    "length_constraints:nth_paragraph_first_word": _nth_paragraph,
    "keywords:existence": _existence,
    "keywords:frequency": _frequency,
    "keywords:forbidden_words": _forbidden,
    "keywords:letter_frequency": _letters,
    "detectable_format:number_highlighted_sections": lambda text, given: (
        len(HIGHLIGHT.findall(text)) >= given["num_highlights"]
    ),
    "detectable_format:number_bullet_lists": lambda text, given: len(BULLET.findall(text)) == given["num_bullets"],
    "detectable_format:title": lambda text, _: re.search(r"<<[^<>\n]*\w[^<>\n]*>>", text) is not None,
    "detectable_format:constrained_response": lambda text, _: any(one in text for one in FIXED_ANSWERS),
    "detectable_format:json_format": _json,
    "detectable_format:multiple_sections": _sections,
    "detectable_content:number_placeholders": lambda text, given: (
        len(re.findall(r"\[[^\[\]\n]*\]", text)) >= given["num_placeholders"]
    ),
    "detectable_content:postscript": _postscript,
    "combination:repeat_prompt": lambda text, given: (
        text.strip().casefold().startswith(given["prompt_to_repeat"].strip().casefold())
    ),
    "combination:two_responses": _two_responses,
    "change_case:english_lowercase": lambda text, _: text == text.lower(),
    "change_case:english_capital": lambda text, _: text == text.upper(),
    "change_case:capital_word_frequency": _capitals,
    "startend:quotation": lambda text, _: len(text.strip()) > 1 and text.strip()[0] == text.strip()[-1] == '"',
    "startend:end_checker": _end,
    "language:response_language": lambda text, given: _languages.is_in(text, given["language"]),
    "pellucid:number_lines": _lines,
    "pellucid:exact_text": lambda text, given: text == given["text"],
    "pellucid:matches": lambda text, given: _pattern.found(rf"\A(?:{given['pattern']})\Z", text),
}
"""IFEval's rules as far as they are deterministic, and our own under `pellucid:`."""

CHECK = Check(needs={"instruction_id_list": TEXTS, "kwargs": OBJECTS}, put=_put, judge=_judge)
