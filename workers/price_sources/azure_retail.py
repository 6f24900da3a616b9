"""Azure's retail prices: pages of a thousand meters, each naming the next; no key is needed."""

import json
from datetime import datetime
from urllib.parse import urlsplit

from scorecards.cost.listing import PriceFile, PriceSourceError
from workers.price_sources._source import MAX_BYTES, PriceSource, Send, whole

MAX_PAGES = 50


def _pages(send: Send, url: str, _etag: str, now: datetime) -> PriceFile:
    """Return all pages as one; an ETag of the first one would say nothing of the others."""
    items: list[object] = []
    size, place = 0, url
    for _ in range(MAX_PAGES):
        page = whole(send, place, "", now)
        if page is None:  # never without an ETag
            break
        size += len(page.content)
        if size > MAX_BYTES:
            raise PriceSourceError(f"{url}: wants at most {MAX_BYTES} bytes of pages, has more")
        try:
            found = json.loads(page.content)
            items.extend(found["Items"])
            following = found.get("NextPageLink")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PriceSourceError(f"{place}: wants a page of retail prices, {error!r}") from error
        if not following:
            return PriceFile(json.dumps({"Items": items}).encode(), url, now)
        if urlsplit(str(following)).netloc != urlsplit(url).netloc:
            raise PriceSourceError(f"{place}: wants a next page of the same host, has another one")
        place = str(following)
    raise PriceSourceError(f"{url}: wants at most {MAX_PAGES} pages, has more")


SOURCE = PriceSource(
    "https://prices.azure.com/api/retail/prices?"
    "$filter=serviceName%20eq%20'Foundry%20Models'%20and%20armRegionName%20eq%20'eastus'%20and%20priceType%20eq%20'Consumption'",
    fetch=_pages,
)
