"""Prints how often a comparison cries wolf and how often it finds a true difference, in simulated pairs of endpoints.

Setup: how hard a prompt is, is the same for both endpoints and evenly spread; an endpoint that answers a share s right
answers the easiest s of the prompts, but at 10 % of the prompts, other ones for each endpoint, its answer is luck:
right with chance s. The notes' figures (false alarms 4.5 %, power 83 % at n=100) come out at 80 % right answers. Where
half the answers are right, more prompts change by luck and the same n finds less.
"""

import random
import time

from scorecards.compare import paired
from scorecards.compare.paired import Conclusion
from tests.scorecards.compare import simulated

RUNS = 1000
RESAMPLES = 2000


def main():
    print(f"{RUNS} runs each; share of runs that end better or worse")
    for n, base, repeats in [(100, 0.8, 1), (100, 0.6, 1), (100, 0.5, 1), (100, 0.6, 3), (200, 0.5, 1), (50, 0.8, 1)]:
        told = [called(n, base, base + gain, repeats) for gain in (0, 0.1)]
        print(
            f"n={n:<4} A right {base:.0%} repeats={repeats}  false alarms {told[0]['found']:6.1%}   "
            f"power at +10 points {told[1]['found']:6.1%}   McNemar {told[0]['mcnemar']:.1%} / {told[1]['mcnemar']:.1%}"
        )
    one = simulated.pairs(random.Random(1), 300, 0.6, 0.7)
    started = time.perf_counter()
    paired.compare(one, "seed")
    print(f"10,000 resamples of 300 prompts: {1000 * (time.perf_counter() - started):.0f} ms")


def called(n, a, b, repeats):
    rng = random.Random(f"{n}/{a}/{b}/{repeats}")
    found = [paired.compare(simulated.pairs(rng, n, a, b, repeats), str(at), RESAMPLES) for at in range(RUNS)]
    decided = [paired.conclude(one, one.p) in (Conclusion.BETTER, Conclusion.WORSE) for one in found]
    return {"found": sum(decided) / RUNS, "mcnemar": sum(one.p_mcnemar <= paired.LEVEL for one in found) / RUNS}


if __name__ == "__main__":
    main()
