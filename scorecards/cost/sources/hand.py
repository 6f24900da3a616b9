"""Files such as `data/prices/*.toml`: what a person read on a vendor's page or in a data set, with day and words."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from scorecards.catalog import CatalogError, split_endpoint_ref
from scorecards.cost.fact import Basis, Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Stated
from scorecards.cost.sources._source import Source

KEYS = frozenset(
    {"basis", "checked", "currency", "endpoint", "free", "input_above", "input_upto", "prices", "snippet", "source",
     "tier", "unit", "valid_from", "valid_to", "via", "window"}
)  # fmt: skip


def _stated(file: PriceFile) -> Stated:
    try:
        blocks = tomllib.loads(file.content.decode(), parse_float=Decimal)["price"]
        entries = tuple(entry for block in blocks for entry in _entries(block))
        looked_at = max(one.read_at for one in entries if one.read_at is not None)
    except (KeyError, TypeError, ValueError, CatalogError) as error:
        raise PriceSourceError(f"{file.url}: wants [[price]] blocks as in data/prices, {error!r}") from error
    if file.provider and any(one.importer for one in entries):
        raise PriceSourceError(f"{file.url}: wants no via: only bundled files tell what stands in data sets")
    return Stated(entries, f"{looked_at:%Y-%m-%d}", looked_at)


def _entries(block: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield a block's prices; one that was read in several data sets counts once for each of them."""
    strange = block.keys() - KEYS
    if strange:
        raise ValueError(f"{block['endpoint']}: wants no {', '.join(sorted(strange))}")
    split_endpoint_ref(block["endpoint"])
    for meter, amount in block["prices"].items():
        for via in block.get("via", [""]):
            yield _entry(block, meter, amount, via)


def _entry(block: Mapping[str, Any], meter: str, amount: object, via: str) -> Entry:
    checked = _instant(block["checked"])
    return Entry(
        provider="hand",
        model_id=block["endpoint"],
        meter=meter,
        amount=amount,
        valid_from=_instant(block["valid_from"]) if "valid_from" in block else None,
        basis=Basis(block["basis"]),
        valid_to=_instant(block["valid_to"]) if "valid_to" in block else None,
        conditions=Conditions(
            block.get("input_above"),
            block.get("input_upto"),
            block.get("tier", "standard"),
            window=block.get("window", ""),
        ),
        currency=block.get("currency"),
        unit=block.get("unit", "1M tokens"),
        url=block["source"],
        snippet=block.get("snippet", ""),
        free=block.get("free", False),
        read_at=checked,
        importer=f"hand:{via}" if via else "",
        version=f"{checked:%Y-%m-%d}",
    )


def _instant(found: object) -> datetime:
    if isinstance(found, datetime):
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    if isinstance(found, date):
        return datetime.combine(found, time(), UTC)
    raise ValueError(f"wants a day or an instant, has {found!r}")


SOURCE = Source(_stated)
