"""Key drift: which keys of a JSON object are missing, renamed, added or of another type than expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

ALIKE = 0.6
"""From this likeness (0..1) on, a new key beside a missing one is that key renamed."""
ITEMS_READ = 50
"""Items of an array that are looked at; the rest are of the same shape or nobody's."""
ANY = "any"
TYPES: Sequence[tuple[type | tuple[type, ...], str]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)
TYPE_NAMES = frozenset({ANY, "null", *(name for _, name in TYPES)})


@dataclass(frozen=True, slots=True)
class Drift:
    """How found keys differ from expected ones, each by its path, `order.items[].name`.

    Attributes:
        renamed: Expected path → the path it has become.
        added: Keys beside expected ones that nobody expected.
        mistyped: Path → `wants string, has array`.
    """

    missing: tuple[str, ...] = ()
    renamed: Mapping[str, str] | None = None
    added: tuple[str, ...] = ()
    mistyped: Mapping[str, str] | None = None

    @property
    def breaks(self) -> bool:
        """Whether a program that reads the expected keys would fail."""
        return bool(self.missing or self.renamed or self.mistyped)

    def __str__(self) -> str:
        said = [f"renamed {one} → {other}" for one, other in (self.renamed or {}).items()]
        said += [f"missing {one}" for one in self.missing]
        said += [f"{one} {what}" for one, what in (self.mistyped or {}).items()]
        return "; ".join([*said, *(f"added {one}" for one in self.added)]) or "the expected keys"


def shape(value: object) -> dict[str, str]:
    """Return the JSON type of every key by its path; {} for a value without keys.

    >>> shape({"a": {"b": [{"c": 1}]}})
    {'a': 'object', 'a.b': 'array', 'a.b[].c': 'integer'}
    """
    return dict(_walk(value, ""))


def _walk(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner, _type(one)
            yield from _walk(one, inner)
    if isinstance(value, list):
        for one in value[:ITEMS_READ]:
            yield from _walk(one, f"{path}[]")


def _type(value: object) -> str:
    return next((name for kind, name in TYPES if isinstance(value, kind)), "null")


def drift(expected: Mapping[str, str], found: Mapping[str, str]) -> Drift:
    """Return how the keys of an answer differ from those expected; both by path, as `shape` has them.

    >>> str(drift({"urgency": "string", "id": "any"}, {"urgency_level": "string", "id": "integer"}))
    'renamed urgency → urgency_level'
    """
    missing = [one for one in expected if one not in found and not _within(one, expected, found)]
    beside = {_parent(one) for one in expected}
    added = [one for one in found if _parent(one) in beside and not _is_expected(one, expected)]
    renamed = _renamed(missing, added)
    return Drift(
        tuple(one for one in missing if one not in renamed),
        renamed,
        tuple(one for one in added if one not in renamed.values()),
        {
            one: f"wants {kind}, has {found[one]}"
            for one, kind in expected.items()
            if one in found and not _fits(kind, found[one])
        },
    )


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _is_expected(path: str, expected: Mapping[str, str]) -> bool:
    return path in expected or any(one.startswith((f"{path}.", f"{path}[]")) for one in expected)


def _within(path: str, expected: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """Tell whether a missing key lies within another missing one, which says enough."""
    above = _parent(path).removesuffix("[]")
    return bool(above) and ((above in expected and above not in found) or _within(above, expected, found))


def _fits(wanted: str, has: str) -> bool:
    return wanted in (ANY, has) or (wanted, has) == ("number", "integer")


def _renamed(missing: Sequence[str], added: Sequence[str]) -> dict[str, str]:
    """Pair each missing key with the added one beside it that is most alike, the surest first."""
    alike = sorted(
        ((-_likeness(one, other), one, other) for one in missing for other in added if _parent(one) == _parent(other)),
    )
    pairs: dict[str, str] = {}
    for likeness, one, other in alike:
        if -likeness >= ALIKE and one not in pairs and other not in pairs.values():
            pairs[one] = other
    return pairs


def _likeness(one: str, other: str) -> float:
    first, second = (_letters(path.rpartition(".")[2]) for path in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _letters(name: str) -> str:
    """Return a key's name without the marks of its style: firstName, first_name and first-name are one."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())
