"""Knows which of our models a rating is about; what no alias names exactly is about none of them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scorecards.ratings.rating import Rating

BUNDLED = Path(__file__).parents[1] / "data" / "ratings.toml"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Refs by source, producer and subject, and the names by which one source calls one producer."""

    models: Mapping[tuple[str, str, str], str]
    producers: tuple[tuple[str, frozenset[str]], ...]

    def model(self, rating: Rating) -> str | None:
        """Return the ref of the model that a rating is about; None = none that we know."""
        return self.models.get((rating.source, rating.producer, rating.subject))

    def names(self, source: str, producer: str) -> frozenset[str]:
        """Return every name that a source has for this producer, `producer` among them."""
        found = (names for origin, names in self.producers if origin == source and producer in names)
        return next(found, frozenset((producer,)))


@cache
def bundled() -> Aliases:
    """Return the aliases that come with Pellucid."""
    return parse(BUNDLED.read_text(encoding="utf-8"))


def parse(text: str) -> Aliases:
    """Return the aliases of a file of `[[alias]]` and `[[producer]]` blocks."""
    blocks = tomllib.loads(text)
    return Aliases(
        {(one["source"], one["producer"], one["subject"]): one["model"] for one in blocks["alias"]},
        tuple((one["source"], frozenset(one["names"])) for one in blocks["producer"]),
    )
