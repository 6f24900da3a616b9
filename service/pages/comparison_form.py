"""The form by which a comparison is asked for: what it offers, what was typed, and what is wrong with it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from scorecards import checks
from scorecards.catalog import Endpoint
from scorecards.compare.order import OWN
from scorecards.evalsets import EvalSet
from service.comparison_order import MOST_ENDPOINTS, MOST_REPEATS, Asked
from service.reports import figures
from service.store.errors import NotAccepted

DEFAULTS = {one.name: one.default for one in fields(Asked)}
SHOWN = 4
"""Fields for endpoints that are not folded away."""
READERS = ("judge", "embedder")
"""Fields of endpoints that read what the others answered."""


@dataclass(frozen=True, slots=True)
class SetView:
    """One evaluation set with questions that a check knows; `languages` with how many there are of each."""

    name: str
    title: str
    questions: int
    languages: str
    licence: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """The form.

    Attributes:
        offered: Refs of endpoints with the model that each serves.
        endpoints: What stands in the fields of endpoints, MOST_ENDPOINTS of them; the first `shown` are not folded.
        values: What stands in the other fields.
        problems: Field → what is wrong with it.
    """

    offered: list[tuple[str, str]]
    endpoints: list[str]
    shown: int
    sets: list[SetView]
    values: Mapping[str, str]
    problems: Mapping[str, str]
    most_repeats: int = MOST_REPEATS


def view(
    endpoints: Sequence[Endpoint],
    sets: Mapping[str, EvalSet],
    typed: MultiDict[str, str],
    problems: Mapping[str, str] | None = None,
) -> FormView:
    """Return the form with what was typed into it before, and what was wrong with that."""
    given = typed.getlist("endpoint")
    return FormView(
        offered=[(one.ref, one.model) for one in endpoints],
        endpoints=[*given, *[""] * MOST_ENDPOINTS][:MOST_ENDPOINTS],
        shown=max(SHOWN, sum(map(bool, given))),
        sets=[one for one in (_set(each, typed.getlist("set")) for each in sets.values()) if one.questions],
        values={name: typed.get(name, _text(DEFAULTS.get(name))) for name in ("prompts", "name", *READERS, *NUMBERS)},
        problems=problems or {},
    )


def _set(one: EvalSet, chosen: Sequence[str]) -> SetView:
    asked = [item for item in one.items if item.kind in checks.load()]
    counts = Counter(item.lang.partition("-")[0] for item in asked)
    languages = ", ".join(f"{figures.language(tag)} {count}" for tag, count in counts.most_common())
    return SetView(one.name, one.title, len(asked), languages, one.licence, one.name in chosen)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


NUMBERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "per_set": (_whole, "a whole number"),
    "cap_usd": (Decimal, "US dollars such as 0.50"),
    "cap_tokens": (_whole, "a whole number"),
    "repeats_a": (_whole, "a whole number"),
    "repeats": (_whole, "a whole number"),
    "max_output_tokens": (_whole, "a whole number"),
    "margin": (Decimal, "a share such as 0.05"),
}
"""Fields that hold a number: how it is read, and what is wanted."""


def asked(typed: MultiDict[str, str]) -> Asked:
    """Return what the form asks for; empty fields are as if nobody had asked.

    Raises:
        NotAccepted: a field of a number holds none.
    """
    numbers = {name: typed[name].strip() for name in NUMBERS if typed.get(name, "").strip()}
    read = {name: _read(name, text) for name, text in numbers.items()}
    if wrong := {name: one for name, one in read.items() if isinstance(one, str)}:
        raise NotAccepted(wrong)
    prompts = typed.get("prompts", "").replace("\r\n", "\n")
    return Asked(
        endpoints=[one.strip() for one in typed.getlist("endpoint") if one.strip()],
        sets=typed.getlist("set"),
        file=(prompts.encode(), f"{OWN}.jsonl") if prompts.strip() else None,
        name=typed.get("name", "").strip(),
        judge=typed.get("judge", "").strip() or None,
        embedder=typed.get("embedder", "").strip() or None,
        **read,
    )


def _read(name: str, text: str) -> Any:  # noqa: ANN401 - a number, or what is wrong
    parse, wanted = NUMBERS[name]
    try:
        found = parse(text)
    except (ValueError, InvalidOperation):
        return f"wants {wanted}, has {text[:40]!r}"
    return found if not isinstance(found, Decimal) or found.is_finite() else f"wants {wanted}, has {text[:40]!r}"
