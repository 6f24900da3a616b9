"""What a program needs of a model, as `app.toml` says it: features, limits, prompts, endpoints."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards.catalog import CatalogError, split_endpoint_ref
from scorecards.compare.candidate import SLICES
from scorecards.errors import Expected
from scorecards.switching import features

MOST_REPEATS = 10
LEAST, MOST = Decimal("0.000001"), 1_000_000_000
"""Of any amount; whole numbers start at 1."""


class AppError(Expected, ValueError):
    """An app's file breaks its rules; one line per mistake, with what was wanted and what was found.

    Attributes:
        problems: The same by key; "" = the file as a whole.
    """

    def __init__(self, name: str, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(f"{name}: {f'{key}: ' if key else ''}{one}" for key, one in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a candidate must keep to; None and () = it does not matter.

    Attributes:
        max_usd_per_1k_requests: On the prompts of the drill.
        max_p95_ms: Of the time to the whole answer.
        context_tokens: That the model has to take at least.
        regions: Of endpoint refs (`eu`, `us-east-1`); one of them.
        licences: Of the weights; one of them.
        languages: In which it must not be worse than the endpoint in use.
    """

    max_usd_per_1k_requests: Decimal | None = None
    max_p95_ms: Decimal | None = None
    context_tokens: int | None = None
    regions: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a drill may take at most; None = as the operator's caps say."""

    max_usd: Decimal | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class App:
    """One program that asks a model.

    Attributes:
        baseline: Ref of the endpoint in use.
        features: What it cannot do without; words of `features.names`.
        optional_features: What it sends where it works, and can do without.
        prompts: File of prompts, beside the app's file; "" = only sets.
        sets: Names of evaluation sets.
        per_set: At most so many questions of each, evenly out of all of it; None = all.
        slices: By which the differences are shown.
        repeats: How often the endpoint in use gets each prompt; its own noise takes 2.
        candidate_repeats: How often each candidate does.
        requests_per_day: None = what a day costs is not said.
    """

    name: str
    baseline: str
    candidates: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    optional_features: tuple[str, ...] = ()
    prompts: str = ""
    sets: tuple[str, ...] = ()
    per_set: int | None = None
    slices: tuple[str, ...] = tuple(SLICES)
    repeats: int = 3
    candidate_repeats: int = 2
    max_output_tokens: int = 512
    requests_per_day: int | None = None
    constraints: Constraints = field(default_factory=Constraints)
    limits: Limits = field(default_factory=Limits)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoint in use and then the candidates."""
        return (self.baseline, *self.candidates)

    def asked(self) -> dict[str, int]:
        """Return how often each endpoint gets each prompt."""
        return {self.baseline: self.repeats, **dict.fromkeys(self.candidates, self.candidate_repeats)}


@dataclass(frozen=True, slots=True)
class _Key:
    """What a value may be; `read` returns what to keep of it or raises ValueError."""

    wants: str
    read: Callable[[object], object]


def _accepting(accepts: Callable[[Any], bool]) -> Callable[[object], object]:
    def read(value: object) -> object:
        if not accepts(value):
            raise ValueError
        return value

    return read


def _is_line(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _count(most: int) -> _Key:
    def accepts(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most

    return _Key(f"a whole number from 1 to {most}", _accepting(accepts))


def _read_amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError  # noqa: TRY004 - a file's mistake, not a programmer's
    try:
        amount = Decimal(value)
    except ArithmeticError as error:
        raise ValueError from error
    if not (amount.is_finite() and LEAST <= amount <= MOST):
        raise ValueError
    return amount


def _list(wants: str, accepts: Callable[[str], bool]) -> _Key:
    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or len(set(map(str, value))) < len(value):
            raise ValueError
        if not all(_is_line(one) and accepts(one) for one in value):
            raise ValueError
        return tuple(value)

    return _Key(f"a list of {wants}, each once", read)


def _is_ref(value: str) -> bool:
    try:
        split_endpoint_ref(value)
    except CatalogError:
        return False
    return True


def _is_file(value: object) -> bool:
    return _is_line(value) and not str(value).startswith("/") and ".." not in str(value).split("/")


_LINE = _Key("one line of text", _accepting(_is_line))
_FEATURES = _list(f"features among {', '.join(features.names())}", lambda one: one in features.names())
_AMOUNT = _Key(f"a number from {LEAST} to {MOST}", _read_amount)
_REF = "provider[@region]:model-id"
TOP: Mapping[str, _Key] = {
    "name": _LINE,
    "baseline": _Key(f"an endpoint's ref, {_REF}", _accepting(lambda value: _is_line(value) and _is_ref(value))),
    "candidates": _list(f"endpoint refs, {_REF}", _is_ref),
    "features": _FEATURES,
    "optional_features": _FEATURES,
    "prompts": _Key("the path of a file of prompts beside this one", _accepting(_is_file)),
    "sets": _list("names of evaluation sets", _is_line),
    "per_set": _count(10_000),
    "slices": _list(f"slices among {', '.join(SLICES)}", lambda one: one in SLICES),
    "repeats": _count(MOST_REPEATS),
    "candidate_repeats": _count(MOST_REPEATS),
    "max_output_tokens": _count(MOST),
    "requests_per_day": _count(MOST),
}
CONSTRAINTS: Mapping[str, _Key] = {
    "max_usd_per_1k_requests": _AMOUNT,
    "max_p95_ms": _AMOUNT,
    "context_tokens": _count(MOST),
    "regions": _list("regions", _is_line),
    "licences": _list("names of licences", _is_line),
    "languages": _list("language codes", lambda one: one.isalpha() and one.islower()),
}
LIMITS: Mapping[str, _Key] = {"max_usd": _AMOUNT, "max_tokens": _count(MOST)}
REQUIRED = ("name", "baseline")


def parse(text: str, name: str) -> App:
    """Return the app that this TOML text describes; `name` is for messages.

    Raises:
        AppError: naming file and key, what was wanted and what was found.
    """
    return read(told(text, name), name)


def told(text: str, name: str) -> dict[str, Any]:
    """Return the keys of this TOML text, whatever they are.

    Raises:
        AppError: it is no TOML.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise AppError(name, {"": f"wants TOML, {error}"}) from error


def read(raw: Mapping[str, Any], name: str) -> App:
    """Return the app that these keys describe, of TOML or of a request's JSON, where amounts may be texts.

    Raises:
        AppError: naming every key that is wrong.
    """
    mistakes: dict[str, str] = {}
    tables = {"constraints": CONSTRAINTS, "limits": LIMITS}
    top = {key: value for key, value in raw.items() if key not in tables}
    found = _table(top, TOP, "", mistakes)
    within = {key: _table(raw.get(key, {}), keys, f"{key}.", mistakes) for key, keys in tables.items()}
    mistakes |= {key: f"wants {TOP[key].wants}, has nothing" for key in REQUIRED if key not in raw}
    mistakes = _together(found) | mistakes
    if mistakes:
        raise AppError(name, mistakes)
    return App(**found, constraints=Constraints(**within["constraints"]), limits=Limits(**within["limits"]))


def _table(raw: object, keys: Mapping[str, _Key], prefix: str, mistakes: dict[str, str]) -> dict[str, Any]:
    """Return what to keep of a table, and add what is wrong with each key that is."""
    if not isinstance(raw, Mapping):
        mistakes[prefix[:-1]] = f"wants a table, has {_shown(raw)}"
        return {}
    found = {}
    for key, value in raw.items():
        if key not in keys:
            mistakes[f"{prefix}{key}"[:80]] = f"is not known here, wants one of {', '.join(keys)}"
            continue
        try:
            found[key] = keys[key].read(value)
        except ValueError:
            mistakes[f"{prefix}{key}"] = f"wants {keys[key].wants}, has {_shown(value)}"
    return found


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004


def _together(found: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with keys that are in order each for itself."""
    mistakes = {}
    if not found.get("prompts") and not found.get("sets"):
        mistakes["prompts"] = "wants a file of prompts, or sets, has neither"
    if found.get("baseline") in found.get("candidates", ()):
        mistakes["candidates"] = f"wants others than the baseline, has {found['baseline']!r}"
    if both := set(found.get("features", ())) & set(found.get("optional_features", ())):
        mistakes["optional_features"] = f"wants others than features, has {', '.join(sorted(both))}"
    return mistakes
