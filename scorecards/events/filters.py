"""Which events a subscription wants: by type, developer, model, pillar, kind of change, and how much changed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

from scorecards.diff import Kind
from scorecards.events import EVENT_TYPES, Event

PILLARS = ("transparency", "cost", "switching", "performance")
KINDS = tuple(kind.value for kind in Kind)
LEAST = ("min_points", "min_price_percent")


@dataclass(frozen=True, slots=True)
class Filters:
    """What an event must be to be wanted. () and None = whatever it is.

    An event that has nothing to be filtered by passes: a challenge has no kind of change, a comparison no pillar.

    Attributes:
        min_points: A `scorecard.published` is wanted only if a pillar's score moved by so many points, 0-100.
        min_price_percent: A `price.changed` is wanted only if the price moved by so many percent of what it was.
    """

    types: tuple[str, ...]
    developers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    pillars: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    min_points: Decimal | None = None
    min_price_percent: Decimal | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Return the filters that `as_json` made."""
        fields: dict[str, Any] = {name: tuple(one) for name, one in stored.items() if name not in LEAST}
        fields |= {name: Decimal(stored[name]) for name in LEAST if stored[name] is not None}
        return cls(**fields)

    def as_json(self) -> dict[str, Any]:
        """Return the filters as they are stored and shown."""
        fields = asdict(self)
        least = {name: None if fields[name] is None else format(fields[name], "f") for name in LEAST}
        return {name: list(one) for name, one in fields.items() if name not in LEAST} | least

    def match(self, event: Event) -> bool:
        """Tell whether this event is wanted."""
        model = str(event.body.get("model", ""))
        return (
            event.type in self.types
            and _meets(self.developers, [model.partition("/")[0]] if model else [])
            and _meets(self.models, [model] if model else [])
            and _meets(self.pillars, pillars_of(event))
            and _meets(self.kinds, event.body.get("kinds", ()))
            and self._is_large_enough(event)
        )

    def _is_large_enough(self, event: Event) -> bool:
        moved = {"scorecard.published": (self.min_points, _points), "price.changed": (self.min_price_percent, _percent)}
        least, change = moved.get(event.type, (None, _points))
        by = change(event.body) if least is not None else None
        return least is None or by is None or by >= least


def pillars_of(event: Event) -> Sequence[str]:
    """Return the pillars that an event is about: those of its type, or those of its body that moved."""
    fixed = EVENT_TYPES[event.type].pillars
    return fixed or [name for name, one in event.body.get("pillars", {}).items() if one["before"] != one["after"]]


def _meets(wanted: Collection[str], has: Collection[str]) -> bool:
    return not wanted or not has or any(one in wanted for one in has)


def _points(body: Mapping[str, Any]) -> Decimal | None:
    """Return by how many points the pillar that moved most did; None when no score can be compared."""
    moves = [
        abs(Decimal(one["after"]["score"]) - Decimal(one["before"]["score"]))
        for one in body.get("pillars", {}).values()
        if one["before"] and one["after"] and None not in (one["before"]["score"], one["after"]["score"])
    ]
    return max(moves, default=None)


def _percent(body: Mapping[str, Any]) -> Decimal | None:
    """Return by how many percent a price moved; None where it appeared, ended, or was nothing."""
    before, after = body.get("before"), body.get("after")
    if before is None or after is None or not Decimal(before):
        return None
    return abs(Decimal(after) / Decimal(before) - 1) * 100


def warnings(filters: Filters, developers: Collection[str], models: Collection[str]) -> list[str]:
    """Return what about these filters can never match, given the catalogue's developers and models."""
    return [text for check in _CHECKS for text in check(filters, developers, models)]


def _unknown(filters: Filters, developers: Collection[str], models: Collection[str]) -> Iterator[str]:
    for name, wanted, known in (("developers", filters.developers, developers), ("models", filters.models, models)):
        for one in wanted:
            if one not in known:
                yield f"{name}: the catalogue has no {one!r}; nothing matches until it has"


def _strangers(filters: Filters, developers: Collection[str], models: Collection[str]) -> Iterator[str]:
    for model in filters.models:
        if filters.developers and model.partition("/")[0] not in filters.developers:
            yield f"models: {model!r} is of none of the developers that are asked for; it never matches"


def _other_pillars(filters: Filters, developers: Collection[str], models: Collection[str]) -> Iterator[str]:
    for one in filters.types:
        about = EVENT_TYPES[one].pillars
        if filters.pillars and about and not set(about) & set(filters.pillars):
            yield f"pillars: {one} is about {', '.join(about)} only; it never matches"


def _nothing_to_measure(filters: Filters, developers: Collection[str], models: Collection[str]) -> Iterator[str]:
    for name, type_ in (("min_points", "scorecard.published"), ("min_price_percent", "price.changed")):
        if getattr(filters, name) is not None and type_ not in filters.types:
            yield f"{name}: says something of {type_} only, which is not asked for"


def _no_kinds(filters: Filters, developers: Collection[str], models: Collection[str]) -> Iterator[str]:
    if filters.kinds and not any(EVENT_TYPES[one].has_kinds for one in filters.types):
        yield f"kinds: none of {', '.join(filters.types)} has a kind of change; all of them pass"


_CHECKS: Sequence[Callable[[Filters, Collection[str], Collection[str]], Iterator[str]]] = (
    _unknown,
    _strangers,
    _other_pillars,
    _nothing_to_measure,
    _no_kinds,
)
