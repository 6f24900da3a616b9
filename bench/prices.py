"""Prices: how long an import takes, whether look-ups stay quick with ten times the facts, and how far sources agree."""

import argparse
import json
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from scorecards import catalog_files
from scorecards.cost import seed, windows
from scorecards.cost.fact import PriceFact
from scorecards.cost.listing import Listing, PriceFile
from scorecards.cost.reconcile import Reconciled, reconcile
from service.store import db, migrate, prices

MODELS, ROUNDS = 5_000, 200
NOW = datetime(2026, 11, 25, tzinfo=UTC)
PLAYERS = {
    "deepseek", "alibaba", "baidu", "tencent", "xiaomi", "openai", "amazon", "meta", "microsoft", "google",
}  # fmt: skip
"""Beginnings of the providers of the ten named players."""
ASKED = (
    (
        "deepseek:deepseek-flash",
        "input",
        datetime(2026, 11, 21, 2, tzinfo=UTC),
        "a Saturday: one form knows no weekdays",
    ),
    ("deepseek:deepseek-flash", "input", datetime(2026, 10, 1, 2, tzinfo=UTC), "a holiday: two forms know none"),
    ("deepseek:deepseek-chat", "input", NOW, "genai-prices keeps numbers of July 2025"),
    ("amazon-bedrock@us-east-1:amazon.nova-2-lite-v1:0", "input", NOW, "regional uplift left out"),
    ("mistral:mistral-large-4", "input", NOW, "two data sets against a third"),
    ("alibaba@ap-southeast-1:qwen-plus", "input", NOW, "context tier left out"),
)
"""Where sources are known to disagree (scorecard-services.md, section 5)."""


def made(models: int, changes: int, start: int = 0) -> PriceFile:
    """Return a snapshot of so many models, each with so many prices in time, in the form of model-prices."""
    first = datetime(2020, 1, 1, tzinfo=UTC)
    rows = {f"model-{at}": {"standard": [_change(first + timedelta(days=day), day + at) for day in range(changes)]}
            for at in range(start, start + models)}  # fmt: skip
    data = {"schema": 1, "updated_at": NOW.isoformat(), "prices": {"openai": rows}, "schedules": {"schedule": []}}
    return PriceFile(json.dumps(data).encode(), "made", NOW)


def _change(at: datetime, seed_: int) -> dict[str, object]:
    amount = 1 + seed_ % 7
    rates = {"input": amount, "output": 4 * amount, "cache_read": amount / 8, "cache_write": amount / 2}
    return {
        "start": at.isoformat(),
        "rates": {**rates, "source": "made", "valid_from": at.isoformat(), "valid_from_basis": "documented"},
    }


def fresh(folder: Path, name: str) -> Engine:
    engine = db.connect(f"sqlite:///{folder / name}.db")
    migrate.upgrade(engine)
    return engine


def kept(engine: Engine, listing: Listing) -> prices.Run:
    with db.write(engine) as session:
        return prices.keep(session, listing, NOW)


def imports(folder: Path) -> None:
    engine, file = fresh(folder, "import"), made(MODELS, 1)
    for name in ("first", "again"):
        started = time.perf_counter()
        run = kept(engine, seed.read("model_prices", file, NOW))
        took = f"{time.perf_counter() - started:.2f} s (wish: 10 s)"
        print(f"import of {MODELS} models, {name}: {took}, {run.added} rows added")
    started = time.perf_counter()
    for one in seed.seed(NOW):
        kept(engine, one)
    print(f"bundled prices into a database: {time.perf_counter() - started:.2f} s (wish: 2 s)")


def lookups(folder: Path) -> None:
    """Print the ratio of look-ups, interleaved, at one and at ten times the facts: more endpoints, and longer pasts."""
    sizes = {"1x": (300, 10), "10x models": (3_000, 10), "10x past": (300, 100)}
    engines = {name: fresh(folder, name.replace(" ", "-")) for name in sizes}
    for name, (models, changes) in sizes.items():
        kept(engines[name], seed.read("model_prices", made(models, changes), NOW))
    instants = {"now": NOW, "in the past": datetime(2020, 1, 6, tzinfo=UTC)}
    for when, at in instants.items():
        times = {name: [] for name in sizes}
        for turn in range(ROUNDS):
            for name, engine in engines.items():
                with db.read(engine) as session:
                    started = time.perf_counter()
                    found = prices.facts(session, f"openai:model-{turn}", at)
                    times[name].append(time.perf_counter() - started)
                assert len(found) == 4, found
        median = {name: sorted(one)[ROUNDS // 2] for name, one in times.items()}
        told = ", ".join(f"{name} {one / median['1x']:.2f}" for name, one in median.items())
        took = f"{median['1x'] * 1e3:.2f} ms (median of {ROUNDS})"
        print(f"look-up {when}: {took}; times that: {told} (wish: 1.2)")


def agreement(files: dict[str, tuple[Path, datetime]]) -> None:
    listings = seed.seed(NOW)
    for name, (path, at) in files.items():
        listings.append(seed.read(name, PriceFile(path.read_bytes(), path.name, at), NOW))
    facts = [fact for one in listings for fact in one.facts]
    for one in listings:
        counts = f"{len(one.facts)} facts of {len({fact.endpoint for fact in one.facts})} endpoints"
        left = f"{len(one.quarantined)} quarantined, {one.unmapped} models unmapped"
        print(f"{one.source} ({one.version}): {counts}, {left}")
    found = reconcile(facts, NOW, covers)
    catalogue = catalog_files.load([catalog_files.BUNDLED]).endpoints
    listed = [one for one in found if one.endpoint in catalogue]
    groups = {
        "all endpoints": found,
        "the ten players' own": [one for one in found if own(one)],
        "those of the catalogue": listed,
        "the ten players' own of the catalogue": [one for one in listed if own(one)],
    }
    for title, chosen in groups.items():
        worst = states(chosen)
        shares = ", ".join(
            f"{name} {count} ({count / len(worst):.0%})" for name, count in Counter(worst.values()).most_common()
        )
        print(f"{title}, input and output of the standard tier at {NOW:%Y-%m-%d}: {shares} of {len(worst)}")
    disputes(facts)


def own(price: Reconciled) -> bool:
    provider = price.endpoint.partition(":")[0].partition("@")[0]
    return provider.partition("-")[0] in PLAYERS


def states(found: list[Reconciled]) -> dict[str, str]:
    """Return the worst state of each endpoint over its input and output of the standard tier."""
    order = ("agreed", "single_source", "stale", "disputed")
    worst: dict[str, str] = {}
    for one in found:
        if one.meter in ("input", "output") and one.conditions.tier == "standard":
            worst[one.endpoint] = max(worst.get(one.endpoint, "agreed"), one.state.value, key=order.index)
    return worst


def covers(name: str, at: datetime) -> bool | None:
    return windows.load()[name].covers(at)


def disputes(facts: list[PriceFact]) -> None:
    for endpoint, meter, at, why in ASKED:
        mine = [
            one
            for one in facts
            if one.endpoint == endpoint and one.meter == meter and one.conditions.tier == "standard"
        ]
        found = [one for one in reconcile(mine, at, covers) if one.currency == "USD"]
        for one in found:
            said = ", ".join(f"{fact.origin.importer} {fact.amount}" for fact in one.facts)
            band = f" above {one.conditions.input_above}" if one.conditions.input_above else ""
            print(f"{endpoint} {meter}{band} at {at:%Y-%m-%d %H:%M}: {one.state} {one.amount}; {said} ({why})")
        if not found:
            print(f"{endpoint} {meter} at {at:%Y-%m-%d %H:%M}: no source at hand ({why})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", nargs=3, action="append", default=[], metavar=("NAME", "FILE", "DAY"))
    given = parser.parse_args().source
    with tempfile.TemporaryDirectory() as folder:
        imports(Path(folder))
        lookups(Path(folder))
    agreement({name: (Path(path), datetime.fromisoformat(day).replace(tzinfo=UTC)) for name, path, day in given})


if __name__ == "__main__":
    main()
