"""Literal price facts that the tests of cost share."""

from datetime import UTC, datetime
from decimal import Decimal

from scorecards.cost.fact import Basis, Conditions, Origin, PriceFact

OBSERVED = datetime(2026, 11, 20, tzinfo=UTC)
FLASH, SOL, O3 = "deepseek:deepseek-flash", "openai:gpt-5.6-sol", "openai:o3"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fact(
    endpoint, meter, amount, currency="USD", *, since=None, until=None, unit="1M tokens", source="made", **conditions
):
    return PriceFact(
        endpoint=endpoint,
        meter=meter,
        unit=unit,
        amount=Decimal(amount),
        currency=currency,
        valid_from=at(since) if since else None,
        basis=Basis.DOCUMENTED,
        observed_at=OBSERVED,
        origin=Origin(f"https://{source}.example/prices", source, "2026-11-20", snippet=f"{meter} {amount}"),
        valid_to=at(until) if until else None,
        conditions=Conditions(**conditions),
    )


def _flash(currency, window, cached, fresh, output):
    listed = (("cache_read", cached), ("input", fresh), ("output", output))
    return [fact(FLASH, meter, amount, currency, since="2026-09-10T04:00", window=window) for meter, amount in listed]


DEEPSEEK = [
    *_flash("USD", "deepseek_peak", "0.006", "0.3", "1.2"),
    *_flash("USD", "deepseek_off_peak", "0.003", "0.15", "0.6"),
    *_flash("CNY", "deepseek_peak", "0.04", "2", "8"),
    *_flash("CNY", "deepseek_off_peak", "0.02", "1", "4"),
]
PROMOTED = "2026-08-21T00:00"
GPT = [
    fact(SOL, "input", "5", until=PROMOTED, input_upto=272_000),
    fact(SOL, "output", "30", until=PROMOTED, input_upto=272_000),
    fact(SOL, "input", "10", until=PROMOTED, input_above=272_000),
    fact(SOL, "output", "45", until=PROMOTED, input_above=272_000),
    fact(SOL, "input", "4", since=PROMOTED, input_upto=272_000),
    fact(SOL, "output", "20", since=PROMOTED, input_upto=272_000),
    fact(SOL, "cache_read", "0.4", since=PROMOTED, input_upto=272_000),
    fact(SOL, "input", "8", since=PROMOTED, input_above=272_000),
    fact(SOL, "output", "30", since=PROMOTED, input_above=272_000),
    fact(SOL, "input", "2", since=PROMOTED, tier="batch"),
    fact(SOL, "output", "10", since=PROMOTED, tier="batch"),
]
REASONING = [
    fact(O3, "input", "10", until="2025-06-10T00:00"),
    fact(O3, "output", "40", until="2025-06-10T00:00"),
    fact(O3, "input", "2", since="2025-06-10T00:00"),
    fact(O3, "output", "8", since="2025-06-10T00:00"),
]
GOLDEN = [*DEEPSEEK, *GPT, *REASONING]
