"""The list of all models: one row per card; search, filters, order and pages over the rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlencode

from scorecards import dispute
from service.pages import bars, changes, formats
from service.pages.bars import Bar
from service.pages.formats import Moment

PAGE_SIZE = 100
"""Rows of one page: four drawn bars each, about 400 kB of markup, 28 kB compressed."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the list needs of one card; it depends on nothing but the card.

    Attributes:
        ttft_ms, tokens_per_s: Of the endpoint that speaks for the model; None = not measured.
        newest: When the youngest evidence was taken; None when there is none.
        checked: Items of all pillars that were checked.
        contradictions, disputes: Contradicted verdicts, and challenges of which something can still come.
        haystack: What a search looks through.
    """

    ref: str
    href: str
    name: str
    developer: str
    jurisdiction: str
    weights: str
    bars: Mapping[str, Bar]
    ttft_ms: Decimal | None
    tokens_per_s: Decimal | None
    newest: datetime | None
    stale: int
    checked: int
    contradictions: int
    disputes: int
    change: str
    changed: datetime | None
    haystack: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with its ages, as seen at one instant."""

    row: Row
    newest: Moment | None
    changed: Moment | None


Key = Callable[[Row], Decimal | str | datetime | None]


def _score(pillar: str) -> Key:
    """Return the key of a pillar's score; a score without enough evidence has no place in an order."""

    def key(row: Row) -> Decimal | None:
        bar = row.bars.get(pillar)
        return Decimal(bar.score) if bar and bar.score is not None else None

    return key


@dataclass(frozen=True, slots=True)
class Order:
    """One way to sort; `falling` = largest first."""

    title: str
    key: Key
    falling: bool


ORDERS = {
    "evidence": Order("most evidence", lambda row: Decimal(row.checked), falling=True),
    "name": Order("name", lambda row: row.name.casefold(), falling=False),
    "developer": Order("developer", lambda row: row.developer.casefold(), falling=False),
    **{name: Order(title.lower(), _score(name), falling=True) for name, title in bars.PILLARS.items()},
    "ttft": Order("time to first token", lambda row: row.ttft_ms, falling=False),
    "speed": Order("output speed", lambda row: row.tokens_per_s, falling=True),
    "age": Order("newest evidence", lambda row: row.newest, falling=True),
    "changed": Order("last change", lambda row: row.changed, falling=True),
}


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asked the list for; every state of it has an address."""

    q: str = ""
    jurisdiction: str = ""
    weights: str = ""
    sort: str = "evidence"
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Query":
        """Return the query of GET parameters; what makes no sense falls back to the default."""
        sort = args.get("sort", "")
        page = args.get("page", "")
        return cls(
            q=args.get("q", "").strip()[:200],
            jurisdiction=args.get("jurisdiction", "")[:20],
            weights=args.get("weights", "")[:20],
            sort=sort if sort.removeprefix("-") in ORDERS else "evidence",
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) else 1,  # noqa: PLR2004
        )

    def address(self, **changed: str | int) -> str:
        """Return the address of this list with something changed; defaults are left out."""
        default = asdict(Query())
        wanted = {name: value for name, value in asdict(replace(self, **changed)).items() if value != default[name]}  # type: ignore[arg-type]
        return f"/?{urlencode(wanted)}" if wanted else "/"

    def sorted_by(self, name: str) -> str:
        """Return the address of the list sorted by `name`; asked a second time it is the other way round."""
        return self.address(sort=f"-{name}" if self.sort == name else name, page=1)

    def direction(self, name: str) -> str | None:
        """Return `ascending` or `descending` if the list is sorted by `name`, else None."""
        if self.sort.removeprefix("-") != name:
            return None
        falling = ORDERS[name].falling != self.sort.startswith("-")
        return "descending" if falling else "ascending"


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of the list.

    Attributes:
        total: Models that have a card.
        found: Of these, how many the query matches.
        previous, following: Addresses of the neighbouring pages; None at the ends.
    """

    query: Query
    rows: list[Shown]
    total: int
    found: int
    page: int
    pages: int
    previous: str | None
    following: str | None
    jurisdictions: list[str]
    orders: Mapping[str, Order]


class Published(Protocol):
    """A card with its id, as the store hands it out."""

    @property
    def card_id(self) -> str:
        """Content address of the card."""

    @property
    def card(self) -> dict[str, Any]:
        """The card as data."""


class Memory:
    """Remembers the row of each card that was listed last.

    Cards are immutable, so a row can never be out of date. Reading 2,000 cards of 14 kB took 0.2 s (measured), which
    every view and every letter typed into the search would pay again.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def rows(self, published: Iterable[Published]) -> list[Row]:
        """Return the rows of these cards; only cards not seen last time are read."""
        seen = self._rows
        found = {one.card_id: seen.get(one.card_id) or row(one.card) for one in published}
        self._rows = found
        return list(found.values())


def row(card: Mapping[str, Any]) -> Row:
    """Return the row of a card."""
    about, developer = card["model"], card["model"]["developer"]
    figures = _figures(card)
    return Row(
        ref=about["ref"],
        href=f"/models/{formats.path(about['ref'])}",
        name=about["name"],
        developer=developer["name"],
        jurisdiction=developer["jurisdiction"],
        weights={True: "open", False: "closed"}.get(about["open_weights"], "unknown"),
        bars={one.name: one for one in bars.bars(card)},
        ttft_ms=figures.get("ttft_ms"),
        tokens_per_s=figures.get("output_tps"),
        newest=max((at for at in map(formats.instant, _taken(card)) if at), default=None),
        stale=sum(one["stale"] for one in card["verdicts"]),
        checked=sum(pillar["checked"] for pillar in card["pillars"].values()),
        contradictions=sum(one["state"] == "contradicted" for one in card["verdicts"]),
        disputes=sum(one["state"] in dispute.OPEN for one in card["disputes"]),
        change=changes.summary(card),
        changed=formats.instant(card["as_of"]),
        haystack=_haystack(card),
    )


def view(rows: Sequence[Row], query: Query, now: datetime) -> ListView:
    """Return the page of the list that a query asks for, as seen at `now`."""
    found = ordered([one for one in rows if matches(one, query)], query.sort)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(query.page, pages)
    first = (page - 1) * PAGE_SIZE
    return ListView(
        query=query,
        rows=[_shown(one, now) for one in found[first : first + PAGE_SIZE]],
        total=len(rows),
        found=len(found),
        page=page,
        pages=pages,
        previous=query.address(page=page - 1) if page > 1 else None,
        following=query.address(page=page + 1) if page < pages else None,
        jurisdictions=sorted({one.jurisdiction for one in rows}),
        orders=ORDERS,
    )


def matches(row: Row, query: Query) -> bool:
    """Tell whether every word of the search stands somewhere in the row, and the filters let it through."""
    return (
        query.jurisdiction in ("", row.jurisdiction)
        and query.weights in ("", row.weights)
        and all(word in row.haystack for word in query.q.casefold().split())
    )


def ordered(rows: Iterable[Row], sort: str) -> list[Row]:
    """Return the rows in the order named `sort` (`-` turns it round); what has no value always comes last."""
    order = ORDERS[sort.removeprefix("-")]
    by_name = sorted(rows, key=lambda row: row.ref)
    valued = [(order.key(row), row) for row in by_name]
    known = [(value, row) for value, row in valued if value is not None]
    known.sort(key=lambda pair: pair[0], reverse=order.falling != sort.startswith("-"))
    return [row for _, row in known] + [row for value, row in valued if value is None]


def _shown(row: Row, now: datetime) -> Shown:
    return Shown(row, formats.moment(row.newest, now), formats.moment(row.changed, now))


def _taken(card: Mapping[str, Any]) -> list[str | None]:
    readings = [one["taken_at"] for endpoint in card["endpoints"] for one in endpoint["readings"]]
    return [*(one["taken_at"] for one in card["verdicts"]), *readings]


def _figures(card: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the numbers of the endpoint that the performance pillar rests on; {} when none was measured."""
    basis = card["pillars"]["performance"]["basis"]
    readings = [one for end in card["endpoints"] if end["ref"] == basis for one in end["readings"]]
    return {one["quantity"]: Decimal(one["value"]) for one in readings if _is_number(one)}


def _is_number(reading: Mapping[str, Any]) -> bool:
    return reading["quantity"] in ("ttft_ms", "output_tps") and isinstance(reading["value"], str)


def _haystack(card: Mapping[str, Any]) -> str:
    about = card["model"]
    developer = about["developer"]
    served = [one["provider"] for one in card["endpoints"]]
    return " ".join(
        [about["ref"], about["name"], developer["name"], developer["jurisdiction"], *served, about["lifecycle"] or ""]
    ).casefold()
