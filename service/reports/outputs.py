"""What every endpoint answered to one prompt, side by side, with the differences to A's first answer word by word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards.checks._check import Result
from scorecards.compare import text
from scorecards.compare.cells import Record
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import LONGEST_OUTPUT, digits
from scorecards.compare.text import Part
from service.reports import figures
from service.reports.comparison import GLYPHS

FAR_APART = Decimal("0.6")
"""Texts that are farther apart are shown as they are: marks on nearly every word help nobody to read."""
RESULTS: Mapping[Result, str] = {Result.RIGHT: "✓", Result.WRONG: "✗", Result.UNSCORED: "?"}


@dataclass(frozen=True, slots=True)
class CheckView:
    """What one check made of an answer."""

    glyph: str
    label: str
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer.

    Attributes:
        detail: Why there is none, or why it ended early; "" = it ended well.
        text: As it came, hidden characters named, at most LONGEST_OUTPUT characters.
        characters: Of the whole; None = all of it is shown.
        parts: Its differences to A's first answer; () = it is that answer, or one of both is missing.
        marked: Whether the differences are few enough to be read in place.
    """

    repeat: int
    state: str
    detail: str
    text: str
    characters: int | None
    parts: Sequence[Part]
    marked: bool
    tool_calls: list[tuple[str, str]]
    checks: list[CheckView]
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One endpoint; `answers` is empty when it was not asked yet, or never was."""

    letter: str
    ref: str
    answers: list[AnswerView]


@dataclass(frozen=True, slots=True)
class PromptView:
    """One prompt with all answers to it; `lang` = BCP 47 for the markup, "" = not said."""

    id: str
    text: str
    characters: int | None
    system: str
    lang: str
    about: list[tuple[str, str]]
    columns: list[ColumnView]


def view(prompt: Prompt, endpoints: Sequence[str], records: Sequence[Record]) -> PromptView:
    """Return a prompt with what its endpoints answered; records of other prompts are left."""
    mine = [one for one in records if one.cell.prompt == prompt.id]
    by_ref = {ref: sorted_by_repeat([one for one in mine if one.cell.endpoint == ref]) for ref in endpoints}
    base = next((one for one in by_ref[endpoints[0]] if one.answered), None)
    shown, characters = _cut(prompt.text)
    return PromptView(
        id=figures.visible(prompt.id),
        text=shown,
        characters=characters,
        system=_cut(prompt.system)[0],
        lang="" if prompt.lang == "und" else prompt.lang,
        about=[
            ("language", figures.language(prompt.lang.partition("-")[0])),
            *(
                (name, figures.visible(value))
                for name, value in (("domain", prompt.domain), ("set", prompt.set))
                if value
            ),
            ("checks", ", ".join(prompt.labels()) or "none: outputs are only put side by side"),
        ],
        columns=[
            ColumnView(letter, figures.visible(ref), [_answer(one, base) for one in by_ref[ref]])
            for ref, letter in figures.letters(endpoints).items()
        ],
    )


def sorted_by_repeat(records: Sequence[Record]) -> list[Record]:
    """Return records in the order in which they were to be asked."""
    return sorted(records, key=lambda one: one.cell.repeat)


def _answer(one: Record, base: Record | None) -> AnswerView:
    shown, characters = _cut(one.text)
    parts = () if base is None or one is base or not one.answered else text.diff(_cut(base.text)[0], shown)
    return AnswerView(
        repeat=one.cell.repeat + 1,
        state=f"{GLYPHS.get(one.state, '✗')} {figures.words(one.state)}",
        detail="" if one.outcome == "ok" else _detail(one),
        text=shown,
        characters=characters,
        parts=parts,
        marked=base is not None and bool(parts) and text.distance(base.text, one.text) <= FAR_APART,
        tool_calls=[(figures.visible(each.name), _cut(each.arguments)[0]) for each in one.tool_calls],
        checks=[
            CheckView(RESULTS.get(each.result, "?"), label, each.result.value, figures.visible(each.reason))
            for label, each in one.scores.items()
        ],
        facts=_facts(one),
    )


def _cut(whole: str) -> tuple[str, int | None]:
    """Return a text as it is shown, and how long all of it is; None = all of it is shown."""
    return figures.visible(whole[:LONGEST_OUTPUT]), len(whole) if len(whole) > LONGEST_OUTPUT else None


def _detail(one: Record) -> str:
    return ": ".join(filter(None, (figures.words(one.outcome), figures.visible(one.detail))))


def _facts(one: Record) -> list[tuple[str, str]]:
    tokens = [
        f"{count:,} {way}" for way, count in (("in", one.input_tokens), ("out", one.output_tokens)) if count is not None
    ]
    return [
        ("first token", figures.ms(digits(one.ttft_ms, 1))),
        ("whole answer", figures.ms(digits(one.e2e_ms, 1))),
        ("tokens", ", ".join(tokens) or "not told by it"),
        ("cost", figures.usd(one.cost_usd)),
        ("ended", one.finish_reason or "not said"),
    ]
