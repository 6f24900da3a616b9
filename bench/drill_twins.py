"""How often a drill tells two endpoints apart that are alike, or names a break: python bench/drill_twins.py [N].

Simulated twins of 40 prompts with noise of several kinds; 100 drills of each kind take about five minutes.
"""

import sys
from collections import Counter

from tests.scorecards.compare import making
from tests.scorecards.switching import drilling

TOLD = ("better", "worse")


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"{'twins':34}{'comparison':>12}{'drill':>8}{'slices':>8}{'breaks':>8}  of {n}")
    for name, plan, records in KINDS:
        drills = [drilling.candidate_of(plan, records(plan, seed)) for seed in range(n)]
        counts = Counter(what for one in drills for what in told(one))
        print(
            f"{name:34}{counts['comparison']:12}{counts['drill']:8}{counts['slices']:8}{counts['breaks']:8}", flush=True
        )


def told(one):
    kinds = {(each["kind"], bool(each["what"])) for each in one["findings"]}
    found = {
        "comparison": one["quality"]["verdict"] in TOLD,
        "drill": one["verdict"] in TOLD,
        "slices": ("quality", True) in kinds,
        "breaks": any(kind != "quality" for kind, _ in kinds),
    }
    return [what for what, so in found.items() if so]


def noisy(share):
    return lambda plan, seed: making.records(plan, noise=share, seed=seed)


KINDS = (
    *((f"{share} of the answers wrong", drilling.plan(3), noisy(share)) for share in (0.02, 0.05, 0.1)),
    *((f"a quarter tossed, {repeats} repeats", drilling.plan(repeats), drilling.tossed) for repeats in (2, 3)),
)

if __name__ == "__main__":
    main()
