"""Prices that come with Pellucid, without database or network: a dated snapshot of model-prices, and our own files."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from scorecards.cost import checking, refs, sources
from scorecards.cost.fact import PriceFact
from scorecards.cost.listing import Listing, PriceFile

OWN = Path(__file__).parents[1] / "data" / "prices"
"""Folder of our own files."""


def seed(now: datetime) -> list[Listing]:
    """Return what the bundled sources list, checked; nothing of it is after `now`.

    Raises:
        PriceSourceError: a file is broken.
    """
    return [read(name, file, now) for name, file in (("hand", own(now)), ("model_prices", snapshot(now)))]


def read(name: str, file: PriceFile, now: datetime) -> Listing:
    """Return what one file of a source lists, checked.

    Raises:
        PriceSourceError: it is not what the source publishes.
    """
    source = f"{name}:{file.provider}" if file.provider else name
    return checking.listing(source, file, sources.load()[name].stated(file), refs.bundled(name), now)


def own(now: datetime) -> PriceFile:
    """Return our own files as one."""
    texts = [path.read_bytes() for path in sorted(OWN.glob("*.toml"))]
    return PriceFile(b"\n".join(texts), "scorecards/data/prices", now)


def snapshot(now: datetime) -> PriceFile:
    """Return the snapshot of the installed model-prices; only its data are read, its code is not run."""
    spec = find_spec("model_prices")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("wants the package model-prices, which is not installed")
    return PriceFile((Path(spec.origin).parent / "snapshot.json").read_bytes(), "model-prices/snapshot.json", now)


@cache
def seed_facts(now: datetime) -> Sequence[PriceFact]:
    """Return every fact of the bundled sources."""
    return tuple(fact for one in seed(now) for fact in one.facts)
