"""Times the pricing engine in CPU time: compiling an endpoint's facts, and one usage record once that is done."""

import statistics
import time

from scorecards.cost.engine import Tariff
from scorecards.cost.usage import Usage
from tests.scorecards.cost.prices import FLASH, GOLDEN, O3, SOL, at

RECORDS = 20_000
ROUNDS = 5
WISHED_US = 20
CASES = {
    "one price a meter (openai:o3)": (O3, Usage(1200, 300, reasoning=200), "2025-07-01T02:00"),
    "context tiers (openai:gpt-5.6-sol)": (SOL, Usage(300_000, 4000, 200_000), "2026-08-23T02:00"),
    "peak window, cached (deepseek:deepseek-flash)": (FLASH, Usage(12_000, 900, 8_000), "2026-11-23T02:00"),
}


def main():
    for title, (endpoint, usage, instant) in CASES.items():
        begun = time.process_time()
        tariff = Tariff(endpoint, GOLDEN)
        tariff.cost(usage, at(instant))
        first_us = (time.process_time() - begun) * 1e6
        rounds = [record_us(tariff, usage, at(instant)) for _ in range(ROUNDS)]
        median = statistics.median(rounds)
        print(f"{title}: {median:.1f} us a record (wish ≤ {WISHED_US}), compiled and first asked {first_us:.0f} us")


def record_us(tariff, usage, instant):
    begun = time.process_time()
    for _ in range(RECORDS):
        _ = tariff.cost(usage, instant).total
    return (time.process_time() - begun) / RECORDS * 1e6


if __name__ == "__main__":
    main()
