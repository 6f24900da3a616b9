"""Turns what a source states into facts, and puts aside what cannot be true."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from itertools import combinations
from typing import TypeVar

from scorecards.catalog import CatalogError, split_endpoint_ref
from scorecards.cost.fact import Basis, Origin, PriceFact
from scorecards.cost.listing import Entry, Listing, PriceFile, Quarantined, Stated
from scorecards.cost.refs import Refs
from scorecards.cost.timeline import BEGINNING, Step, collapsed

TOKENS = "1M tokens"
UNITS = frozenset({TOKENS, "1K requests", "1M characters", "1K pages", "image", "minute", "second", "request"})
METERS = frozenset(
    {
        "audio",
        "audio_output",
        "cache_read",
        "cache_write",
        "cache_write_12h",
        "cache_write_1h",
        "image",
        "image_output",
        "input",
        "output",
        "reasoning",
        "request",
        "search",
    }
)
NEVER_FREE = frozenset({"input", "output", "reasoning"})
"""Zero is no price of these, unless the source says in words that they cost nothing; a cache may well be free."""

KIN = NEVER_FREE | {"cache_read"}
"""Meters of one model whose prices are of one kind."""

ABSURD = 1000
"""So many times the price of a sibling meter, or of the same one before, up or down, is a mistake and no change."""
TOKENS_FROM, TOKENS_TO = Decimal("0.001"), Decimal(10_000)
"""What a million tokens cost, in dollars or yuan. Below: the price of a token; above: one scaled too often."""
DIGITS = Context(prec=12)
"""Prices have fewer; what has more is the noise of a binary fraction (0.16000000000000003)."""
FAR_AHEAD = timedelta(days=400)
MAX_SNIPPET = 300
CURRENCIES = frozenset({"CNY", "EUR", "GBP", "JPY", "USD"})

Place = TypeVar("Place", int, datetime)


@dataclass(frozen=True, slots=True)
class _Claim:
    """An entry with our name for its endpoint."""

    endpoint: str
    entry: Entry


def listing(source: str, file: PriceFile, stated: Stated, refs: Refs, now: datetime) -> Listing:
    """Return what is believed of a source, and what is not.

    A claim that cannot be true does not come back as anything else: it is quarantined, and what was held before stays.
    """
    claims, unmapped = _mapped(stated.entries, refs)
    refused = [_named(one, refs) for one in stated.refused]
    if stated.looked_at > now + timedelta(minutes=5):
        refused.append(Quarantined("", "", f"{stated.looked_at:%Y-%m-%dT%H:%MZ}", "wants a day that has come"))
        claims = []
    digest = hashlib.sha256(file.content).hexdigest()
    facts = [
        fact
        for group in _by_key(_siblings(_sane(claims, stated, now, refused), refused)).values()
        for fact in _facts(group, source, file, stated, digest, refused)
    ]
    kept = tuple(_apart(facts, refused))
    dated_each = any(one.read_at is not None for one in stated.entries)
    return Listing(
        source=source,
        version=stated.version,
        url=file.url,
        sha256=digest,
        looked_at=stated.looked_at,
        facts=kept,
        quarantined=tuple(refused),
        unmapped=unmapped,
        dated_each=dated_each,
        etag=file.etag,
    )


def _mapped(entries: Iterable[Entry], refs: Refs) -> tuple[list[_Claim], int]:
    claims, unmapped = [], set()
    for one in entries:
        ref = refs.ref(one.provider, one.model_id)
        if ref is None:
            unmapped.add((one.provider, one.model_id))
        else:
            claims.append(_Claim(ref, one))
    return claims, len(unmapped)


def _named(refused: Quarantined, refs: Refs) -> Quarantined:
    """Return it with our name for what the source calls `provider/id`, where we have one."""
    provider, _, model_id = refused.subject.partition("/")
    return replace(refused, subject=refs.ref(provider, model_id) or refused.subject)


def _sane(claims: Iterable[_Claim], stated: Stated, now: datetime, refused: list[Quarantined]) -> Iterator[_Claim]:
    for one in claims:
        reason = _fault(one, one.entry.read_at or stated.looked_at, now)
        if reason is None:
            yield one
        else:
            refused.append(_quarantined(one, reason))


def _quarantined(claim: _Claim, reason: str) -> Quarantined:
    entry = claim.entry
    return Quarantined(claim.endpoint, entry.meter, f"{entry.amount} {entry.currency} per {entry.unit}"[:200], reason)


def _fault(claim: _Claim, looked_at: datetime, now: datetime) -> str | None:
    """Return why one claim cannot be true by itself; None = it may be."""
    entry, conditions = claim.entry, claim.entry.conditions
    try:
        split_endpoint_ref(claim.endpoint)
    except CatalogError:
        return "wants an id that can be part of an endpoint ref"
    above, upto = conditions.input_above, conditions.input_upto
    faults = (
        (entry.meter not in METERS, "wants a known meter"),
        (entry.unit not in UNITS, "wants a known unit"),
        (entry.currency is None, "wants a currency, has none"),
        (entry.currency not in CURRENCIES, "wants a known currency"),
        (
            above is not None and upto is not None and above >= upto,
            "wants a band of input tokens with an end above its start",
        ),
        (looked_at > now + timedelta(minutes=5), "wants to have been read on a day that has come"),
        (_from_the_future(entry, looked_at), "wants a start in the past, or an announced one within 400 days"),
        (_ends_before_it_begins(entry), "wants an end behind its start"),
    )
    found = next((reason for wrong, reason in faults if wrong), None)
    return found or (_amount_fault(entry) if entry.amount is not None else None)


def _from_the_future(entry: Entry, looked_at: datetime) -> bool:
    if entry.valid_from is None:
        return False
    ahead = FAR_AHEAD if entry.basis is Basis.DOCUMENTED else timedelta(minutes=5)
    return entry.valid_from > looked_at + ahead


def _ends_before_it_begins(entry: Entry) -> bool:
    return entry.valid_to is not None and entry.valid_from is not None and entry.valid_to <= entry.valid_from


def _amount_fault(entry: Entry) -> str | None:
    amount = _amount(entry.amount)
    if amount is None:
        return "wants a finite number"
    tokens = entry.unit == TOKENS and entry.meter in NEVER_FREE
    faults = (
        (amount < 0, "wants a price, has a negative one"),
        (
            amount == 0 and entry.meter in NEVER_FREE and not entry.free,
            "wants a price, has zero where nothing says it is free",
        ),
        (tokens and 0 < amount < TOKENS_FROM, "wants a price of a million tokens, has one like that of a token"),
        (tokens and amount > TOKENS_TO, "wants a price of a million tokens, has one far above any"),
    )
    return next((reason for wrong, reason in faults if wrong), None)


def _amount(found: object) -> Decimal | None:
    """Return an exact amount; None = it is no finite number."""
    if isinstance(found, bool) or not isinstance(found, int | str | Decimal):
        return None
    try:
        amount = DIGITS.create_decimal(found)
    except InvalidOperation:
        return None
    return Decimal(f"{amount.normalize():f}") if amount.is_finite() else None


def _siblings(claims: Iterable[_Claim], refused: list[Quarantined]) -> Iterator[_Claim]:
    """Yield the claims, without those of models whose prices are worlds apart: nobody can say which is wrong."""
    groups: dict[tuple[object, ...], list[_Claim]] = defaultdict(list)
    for one in claims:
        entry = one.entry
        groups[one.endpoint, entry.currency, entry.conditions.tier, entry.importer, entry.valid_from].append(one)
    for group in groups.values():
        amounts = [
            _amount(one.entry.amount) or Decimal(0)
            for one in group
            if one.entry.meter in KIN and one.entry.unit == TOKENS
        ]
        priced = [one for one in amounts if one > 0]
        if priced and max(priced) > ABSURD * min(priced):
            reason = (
                f"wants prices of one model within {ABSURD} times of each other, has {min(priced)} and {max(priced)}"
            )
            refused.extend(_quarantined(one, reason) for one in group)
        else:
            yield from group


def _by_key(claims: Iterable[_Claim]) -> dict[tuple[object, ...], list[_Claim]]:
    groups: dict[tuple[object, ...], list[_Claim]] = defaultdict(list)
    for one in claims:
        entry = one.entry
        groups[one.endpoint, entry.meter, entry.unit, entry.currency, entry.conditions, entry.importer].append(one)
    return groups


def _facts(
    group: Sequence[_Claim], source: str, file: PriceFile, stated: Stated, digest: str, refused: list[Quarantined]
) -> Iterator[PriceFact]:
    """Yield one key's facts in time; each ends where the next one begins."""
    fault = _time_fault(group)
    if fault is not None:
        refused.extend(_quarantined(one, fault) for one in group)
        return
    steps: list[Step[_Claim]] = []
    for one in sorted(group, key=lambda one: one.entry.valid_from or BEGINNING):
        steps.append(Step(one.entry.valid_from or BEGINNING, one if one.entry.amount is not None else None))
        if one.entry.valid_to is not None:
            steps.append(Step(one.entry.valid_to, None))
    # An end comes before the beginning of what follows at the same instant.
    steps.sort(key=lambda one: (one.start, one.value is not None))
    changes = collapsed(steps, _same)
    for place, change in enumerate(changes):
        if change.value is not None:
            end = changes[place + 1].start if place + 1 < len(changes) else None
            yield _fact(change.value, end, source, file, stated, digest)


def _same(one: _Claim | None, other: _Claim | None) -> bool:
    if one is None or other is None:
        return one is other
    return _amount(one.entry.amount) == _amount(other.entry.amount)


def _time_fault(group: Sequence[_Claim]) -> str | None:
    for one, other in combinations([claim.entry for claim in group], 2):
        if one.valid_from == other.valid_from and _amount(one.amount) != _amount(other.amount):
            return f"wants one price at a time, has {one.amount} and {other.amount}"
        ended, later = (
            (one, other) if (one.valid_from or BEGINNING) <= (other.valid_from or BEGINNING) else (other, one)
        )
        if ended.valid_to is not None and later.valid_from is not None and later.valid_from < ended.valid_to:
            return "wants spans of time that do not overlap"
    return None


def _fact(claim: _Claim, end: datetime | None, source: str, file: PriceFile, stated: Stated, digest: str) -> PriceFact:
    entry = claim.entry
    origin = Origin(
        url=entry.url or file.url,
        importer=entry.importer or source,
        data_version=entry.version or stated.version,
        sha256="" if entry.read_at else digest,
        snippet=entry.snippet[:MAX_SNIPPET],
    )
    amount = _amount(entry.amount)
    if amount is None or entry.currency is None:  # `_fault` put those aside
        raise AssertionError(claim)
    return PriceFact(
        endpoint=claim.endpoint,
        meter=entry.meter,
        unit=entry.unit,
        amount=amount,
        currency=entry.currency,
        valid_from=entry.valid_from,
        basis=entry.basis,
        observed_at=entry.read_at or stated.looked_at,
        origin=origin,
        valid_to=end,
        conditions=entry.conditions,
    )


def _apart(facts: Sequence[PriceFact], refused: list[Quarantined]) -> Iterator[PriceFact]:
    """Yield the facts without those whose bands of input tokens overlap at the same time."""
    groups: dict[tuple[object, ...], list[PriceFact]] = defaultdict(list)
    for one in facts:
        where = one.conditions
        groups[
            one.endpoint, one.meter, one.unit, one.currency, where.tier, where.region, where.window, one.origin.importer
        ].append(one)
    for group in groups.values():
        wrong = any(_bands_overlap(one, other) for one, other in combinations(group, 2)) if len(group) > 1 else False
        if not wrong:
            yield from group
            continue
        for one in group:
            found = f"{one.amount} {one.currency} per {one.unit}"
            refused.append(
                Quarantined(one.endpoint, one.meter, found, "wants bands of input tokens that do not overlap")
            )


def _bands_overlap(one: PriceFact, other: PriceFact) -> bool:
    if one.conditions == other.conditions:
        return False
    in_time = _overlap(one.valid_from or BEGINNING, one.valid_to, other.valid_from or BEGINNING, other.valid_to)
    here, there = one.conditions, other.conditions
    return in_time and _overlap(here.input_above or 0, here.input_upto, there.input_above or 0, there.input_upto)


def _overlap(start: Place, end: Place | None, other_start: Place, other_end: Place | None) -> bool:
    return (end is None or other_start < end) and (other_end is None or start < other_end)
