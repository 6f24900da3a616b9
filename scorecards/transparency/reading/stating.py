"""Whether words that no cue knows state a quantity all the same: on its topic, with a value of its kind.

The topic of a quantity is what its cues have to say: the words that trigger them and few others'. Where a value can be
read, one such word is enough; a free statement needs two, for one alone is a mere mention.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from scorecards.evidence import Value
from scorecards.transparency import licences
from scorecards.transparency.reading import lexicon, placeholders, values
from scorecards.transparency.reading.lexicon import Kind
from scorecards.transparency.reading.valuing import LEAST_PARAMETERS, MAX_VALUE

EVERYDAY = frozenset({
    "additional", "best", "both", "common", "content", "cut", "date", "file", "fine", "from", "general", "generate",
    "include", "including", "kept", "known", "less", "made", "making", "may", "meant", "must", "next", "non", "only",
    "otherwise", "provided", "raise", "reach", "send", "shall", "should", "third", "touch", "used", "with", "you",
})  # fmt: skip
"""Trigger words that stand in sentences on anything."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a text must hold to be on the topic of a quantity.

    Attributes:
        words: How many different words of the topic.
        common_to: A word that triggers cues of more quantities than these is on no topic.
    """

    words: int = 1
    common_to: int = 3


DEMANDS: Mapping[str, Demand] = {
    "count": Demand(),
    "date": Demand(),
    "licence": Demand(),
    "languages": Demand(),
    "statement": Demand(words=2, common_to=2),
}
"""By kind. Flags and prices are not here: they need understanding."""

UNITS: Mapping[str, str] = {
    "parameters": r"param(?:eter)?s?\b|参数",
    "tokens": r"tokens?\b|词元",
    "MWh": r"MWh\b|megawatt[- ]hours?\b|兆瓦时",
    "t CO2e": r"(?:t|tons?|tonnes?)\s?(?:of )?CO2(?:e|eq)?\b",
    "GPU hours": r"(?:GPU|H100|A100|H800)[- ]?hours?\b",
    "FLOP": r"FLOPs?\b",
}
"""Unit → how a number of it is written. Other units of the same thing are not converted here, they are left out."""

_WORD = re.compile(r"[a-z][a-z0-9]*")
_MIN_WORD = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
MAX_NAME = 5
"""Words of the name of a licence."""
_TO_THE_MONTH = len("2024-07")


@lru_cache
def _topics() -> Mapping[str, frozenset[str]]:
    """Return proposable quantity → the words that trigger its cues and those of few others, singular."""
    cues = lexicon.load()
    used: defaultdict[str, set[str]] = defaultdict(set)
    for cue in cues.all:
        for word in filter(_tells, map(_singular, cue.words)):
            used[word].add(cue.quantity)
    demands = {name: DEMANDS[kind.kind] for name, kind in cues.kinds.items() if kind.kind in DEMANDS}
    topics = {
        name: frozenset(word for word, users in used.items() if name in users and len(users) <= demand.common_to)
        for name, demand in demands.items()
    }
    return {name: words for name, words in topics.items() if len(words) >= demands[name].words}


def _tells(word: str) -> bool:
    return word not in EVERYDAY and not (_WORD.fullmatch(word) and len(word) < _MIN_WORD)


def _singular(word: str) -> str:
    return word if word.endswith("ss") else word.removesuffix("s")


def proposable() -> frozenset[str]:
    """Return the quantities that can be proposed: their kind can be checked, and their topic has words enough."""
    return frozenset(_topics())


def topics(text: str) -> frozenset[str]:
    """Return the proposable quantities that a text is about.

    >>> sorted(topics("Its training burnt 400 MWh of electricity.")), topics("It was trained with care.")
    (['training_energy'], frozenset())
    """
    telling = _telling(text)
    kinds = lexicon.load().kinds
    return frozenset(
        name for name, topic in _topics().items() if len(telling & topic) >= DEMANDS[kinds[name].kind].words
    )


def _telling(text: str) -> frozenset[str]:
    """Return the words of a text that are on some topic; those of scripts without blanks stand anywhere in it."""
    low = text.lower()
    return frozenset([*map(_singular, _WORD.findall(low)), *(mark for mark in _marks() if mark in low)])


@lru_cache
def _marks() -> tuple[str, ...]:
    return tuple({word for topic in _topics().values() for word in topic if not _WORD.fullmatch(word)})


def value(quantity: str, words: str, labelled: str) -> Value | None:
    """Return the value of a quantity that these words state; None when they state none, or more than one.

    Args:
        words: What is quoted.
        labelled: The same with the label that it stands beside.
    """
    kind = lexicon.load().kinds[quantity]
    if quantity not in topics(labelled) or (kind.kind == "count" and _is_of_another(quantity, kind, labelled)):
        return None
    return _READ[kind.kind](words, kind)


def unit(quantity: str, value: Value) -> str:
    """Return the unit in which a value of a quantity is given; "" of what is no number."""
    return lexicon.load().kinds[quantity].unit if isinstance(value, Decimal) else ""


def _is_of_another(quantity: str, kind: Kind, text: str) -> bool:
    """Tell whether the text speaks of another quantity in the same unit, such as active parameters of all."""
    kinds = lexicon.load().kinds
    rivals = [topic for name, topic in _topics().items() if kinds[name].unit == kind.unit and name != quantity]
    theirs = frozenset().union(*rivals) - _topics()[quantity]
    return any(not re.match(UNITS[kind.unit], word, re.IGNORECASE) for word in theirs & _telling(text))


def _count(words: str, kind: Kind) -> Value | None:
    pattern = rf"(?<![\w^×.]){placeholders.NUMBER}[ -]{{0,2}}(?:个|[A-Za-z]{{2,20}}[ -]){{0,2}}(?:{UNITS[kind.unit]})"
    found = {values.scaled(one["n"], one["u"]) for one in re.finditer(pattern, words, re.IGNORECASE)}
    least = LEAST_PARAMETERS if kind.unit == "parameters" else 0
    inside = {one for one in found if max(kind.low, least) <= one <= kind.high}
    return inside.pop() if len(found) == len(inside) == 1 else None


def _date(words: str, _kind: Kind) -> Value | None:
    """Return a date that is exact at least to the month: a bare year may be any number."""
    found = values.date(words) if len(_YEAR.findall(words)) == 1 else None
    return found if found is not None and len(found) >= _TO_THE_MONTH else None


def _licence(words: str, _kind: Kind) -> Value | None:
    """Return the one licence that is known and named, in up to MAX_NAME words."""
    parts = words.split()
    runs = (parts[at : at + size] for at in range(len(parts)) for size in range(1, MAX_NAME + 1))
    known = {one for run in runs if (one := values.licence(" ".join(run).strip(",;:()"))) and licences.known(one)}
    return known.pop() if len(known) == 1 else None


def _languages(words: str, _kind: Kind) -> Value | None:
    return ",".join(values.languages(words)) or None


def _statement(words: str, _kind: Kind) -> Value | None:
    return words[:MAX_VALUE]


_READ: Mapping[str, Callable[[str, Kind], Value | None]] = {
    "count": _count,
    "date": _date,
    "licence": _licence,
    "languages": _languages,
    "statement": _statement,
}
