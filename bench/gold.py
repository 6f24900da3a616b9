"""Scores the disclosure reader against labels made by hand, beside the answer that is most usual per indicator.

Besides the plain figures, each model is read without the cues that match no other developer's documents: such a cue
was written from that developer, so its success says nothing about models that nobody has seen.
"""

import argparse
import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from scorecards import extraction
from scorecards.transparency import reading
from scorecards.verdict import State
from tests.scorecards.transparency import corpus

LABELS = {
    State.DISCLOSED: "disclosed",
    State.PARTIAL: "partial",
    State.ABSENT: "not_disclosed",
    State.CONTRADICTED: "contradicts",
    State.NOT_APPLICABLE: "not_applicable",
}
"""Our states in the labels' words; a state that is not here is never right."""

TOLERANCE = Decimal("0.05")
NUMBERS = {
    "params_total": r"^([\d.e]+)$",
    "params_active": r"^([\d.e]+)$",
    "context_length": r"^([\d.e]+)$",
    "training_tokens": r"^([\d.e]+)$",
    "training_compute": r"gpu_hours=([\d.e]+)",
    "energy_co2": r"co2_t=([\d.e]+)",
    "price": r"input_usd_per_mtok=([\d.e]+)",
}
"""Indicator → where its number stands in the label's value."""
DATES = ("data_cutoff", "release_date")


@dataclass(frozen=True)
class Scored:
    """One label and what was answered: plainly, and without the cues written from its developer."""

    label: dict
    plain: extraction.Answer
    without: extraction.Answer

    @property
    def sure(self):
        """Whether both readers were sure."""
        return self.label["confidence"] == "sure"

    def answer(self, held_out):
        """Return the answer that was given without or with the cues written from the developer."""
        return self.without if held_out else self.plain

    def right(self, held_out):
        """Tell whether the state is as labelled."""
        return LABELS.get(self.answer(held_out).state) == self.label["label"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", nargs="+", type=Path, help="CSV files like gold.csv, which is read by default")
    parser.add_argument("--others", type=int, default=1, help="developers that a cue must match besides (default 1)")
    parser.add_argument("--wrong", action="store_true", help="list the rows that are not as labelled")
    args = parser.parse_args()
    if not corpus.MODELS:
        print(corpus.WANTED)
        return
    for path in args.labels or [corpus.ROOT / "gold.csv"]:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["confidence"] in ("sure", "agreed")]
        print(f"-- {path.name}: {len(rows)} rows that both readers agree on, {len(models(rows))} models")
        print(f"   LODO: only cues that match documents of {args.others} other developers or more")
        report(scored(rows, args.others), show_wrong=args.wrong)


def models(rows):
    return sorted({f"{row['developer']}/{row['model']}" for row in rows})


def scored(rows, others):
    """Return every row with both answers, and say how many cues were switched off."""
    off = written_from({row["developer"] for row in rows}, others)
    print("cues off:", ", ".join(f"{who} {len(ids)}" for who, ids in sorted(off.items())))
    plain, without = {}, {}
    for ref in models(rows):
        reduced = reading.cues().without(off[ref.partition("/")[0]])
        plain[ref] = extraction.gold(extraction.extract(corpus.identity(ref), corpus.documents(ref)))
        without[ref] = extraction.gold(extraction.extract(corpus.identity(ref), corpus.documents(ref), cues=reduced))
    return [
        Scored(row, plain[ref][row["indicator"]], without[ref][row["indicator"]])
        for row in rows
        for ref in (f"{row['developer']}/{row['model']}",)
    ]


def written_from(developers, others):
    """Return for each developer the ids of the cues that match its documents and those of fewer than `others` more."""
    known, matching = reading.cues(), defaultdict(set)
    for ref in corpus.MODELS:
        for one in corpus.documents(ref):
            matching[ref.partition("/")[0]] |= known.matching(one.content.decode(errors="replace"))
    used = Counter(cue for ids in matching.values() for cue in ids)
    return {who: {cue for cue in matching[who] if used[cue] - 1 < others} for who in developers}


def report(rows, *, show_wrong):
    by_indicator = defaultdict(list)
    for row in rows:
        by_indicator[row.label["indicator"]].append(row)
    print(f"{'':22}{'-- sure --':>28}{'-- sure + agreed --':>32}")
    print(f"{'indicator':22}" + f"{'n':>6}{'floor':>7}{'plain':>7}{'LODO':>8}{'':>4}" * 2)
    for name, of_it in [*by_indicator.items(), ("all", rows)]:
        print(f"{name:22}" + "".join(accuracies(some) for some in ([row for row in of_it if row.sure], of_it)))
    for held_out in (False, True):
        print("leave one developer out:" if held_out else "plain:")
        print_harm(rows, held_out)
        print_values(rows, held_out)
        print_evidence(rows, held_out)
    if show_wrong:
        print_wrong(rows)
        print_wrong_values(rows)


def accuracies(rows):
    if not rows:
        return f"{0:6}{'':26}"
    shares = (floor(rows), share(row.right(False) for row in rows), share(row.right(True) for row in rows))
    return f"{len(rows):6}{shares[0]:7.2f}{shares[1]:7.3f}{shares[2]:8.3f}{'':4}"


def floor(rows):
    """Return the share that answering each indicator with its most usual label would get right."""
    usual = defaultdict(Counter)
    for row in rows:
        usual[row.label["indicator"]][row.label["label"]] += 1
    return sum(max(labels.values()) for labels in usual.values()) / len(rows)


def share(truths):
    truths = list(truths)
    return sum(truths) / len(truths) if truths else float("nan")


def print_harm(rows, held_out):
    negatives = [row.answer(held_out).state for row in rows if row.sure and row.label["label"] == "not_disclosed"]
    called = share(state is State.DISCLOSED for state in negatives)
    credited = share(state in (State.DISCLOSED, State.PARTIAL, State.CONTRADICTED) for state in negatives)
    print(f"  false disclosure on {len(negatives)} sure negatives: {called:.3f} called disclosed", end="")
    print(f", {credited:.3f} disclosed, partial or contradicted")


def print_values(rows, held_out):
    wanted = [(row, one) for row in rows if (one := labelled_value(row.label)) is not None]
    found = [(row, one) for row, one in wanted if row.answer(held_out).value is not None]
    right = sum(agrees(row.answer(held_out).value, one) for row, one in found)
    print(f"  numbers and dates: {right} right of {len(found)} read of {len(wanted)} labelled", end="")
    print(f" ({right / max(1, len(found)):.3f} of those read, {right / max(1, len(wanted)):.3f} of all)")


def labelled_value(label):
    """Return a Decimal or an ISO date; None where the label's value is for people."""
    if label["label"] not in ("disclosed", "contradicts"):
        return None
    if label["indicator"] in DATES:
        return label["value"] if re.fullmatch(r"\d{4}(-\d\d){0,2}", label["value"]) else None
    found = re.search(NUMBERS.get(label["indicator"], r"(?!)"), label["value"])
    return Decimal(found[1]) if found else None


def agrees(value, wanted):
    """Compare a number within 5 %, a date as far as both are precise."""
    if isinstance(wanted, str):
        return str(value).startswith(wanted) or wanted.startswith(str(value))
    return any(abs(one - wanted) <= TOLERANCE * wanted for one in numbers(value))


def numbers(value):
    for one in re.findall(r"\d[\d,]*(?:\.\d+)?(?:[eE]\+?\d+)?", str(value)):
        try:
            yield Decimal(one.replace(",", ""))
        except InvalidOperation:
            continue


def print_evidence(rows, held_out):
    valid = [quote_holds(row) for row in rows if row.answer(held_out).quote is not None]
    both = [row for row in rows if row.label["quote"] and row.right(held_out) and row.answer(held_out).quote]
    same = share(overlaps(row, row.answer(held_out).quote) for row in both)
    print(f"  quotes: {sum(valid)} of {len(valid)} stand in their document; ", end="")
    print(f"of {len(both)} right answers with two quotes, {same:.2f} share a line with the label's")


def documents(row):
    return {one.sha256: one for one in corpus.documents(f"{row.label['developer']}/{row.label['model']}")}


def quote_holds(row):
    return all(
        one.quote is None or one.quote.matches(documents(row)[one.sha256].content) for one in (row.plain, row.without)
    )


def overlaps(row, quote):
    """Tell whether the answer's quote stands on a line of the label's quote."""
    theirs = row.label["quote"].encode()
    for one in documents(row).values():
        at = one.content.find(theirs)
        if at >= 0 and quote.matches(one.content):
            start = one.content.rfind(b"\n", 0, at) + 1
            end = one.content.find(b"\n", at + len(theirs))
            return quote.start < (end if end >= 0 else len(one.content)) and quote.end > start
    return False


def print_wrong(rows):
    for row in rows:
        for name, answer in (("plain", row.plain), ("LODO", row.without)):
            if LABELS.get(answer.state) != row.label["label"] and (name == "plain" or answer != row.plain):
                print(f"  {name:5} {where(row)}: wants {row.label['label']} ({row.label['confidence']}), ", end="")
                print(f"is {answer.state} {str(answer.value)[:40]!r} {quoted(answer)}; {row.label['quote'][:90]!r}")


def print_wrong_values(rows):
    for row in rows:
        wanted, answer = labelled_value(row.label), row.plain
        if wanted is not None and (answer.value is None or not agrees(answer.value, wanted)):
            print(f"  value {where(row)}: wants {wanted}, is {answer.value} {quoted(answer)}")


def where(row):
    return f"{row.label['developer']}/{row.label['model']} {row.label['indicator']}"


def quoted(answer):
    return repr(answer.quote.text[:90]) if answer.quote else "-"


if __name__ == "__main__":
    main()
