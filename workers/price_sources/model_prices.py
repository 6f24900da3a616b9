"""The snapshot of model-prices at its data branch: a small file names the newest one by its hash."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from scorecards.cost.listing import PriceFile, PriceSourceError
from workers.price_sources._source import PriceSource, Send, whole

LATEST = "latest.json"


def _newest(send: Send, url: str, etag: str, now: datetime) -> PriceFile | None:
    named = whole(send, url, etag, now)
    if named is None:
        return None
    try:
        wanted = str(json.loads(named.content)["sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise PriceSourceError(f"{url}: wants the sha256 of a snapshot, {error!r}") from error
    place = url.removesuffix(LATEST) + f"{wanted}.json"
    file = whole(send, place, "", now)
    if file is None or hashlib.sha256(file.content).hexdigest() != wanted:
        raise PriceSourceError(f"{place}: wants the bytes that {LATEST} names by their hash, has others")
    return replace(file, url=url, etag=named.etag)


SOURCE = PriceSource(
    f"https://raw.githubusercontent.com/wakamex/model-prices/data/v1/{LATEST}", fetch=_newest, dated=True
)
