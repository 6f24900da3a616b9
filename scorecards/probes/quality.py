"""How many answers are right: a few questions of each evaluation set, judged by plain rules."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, zip_longest

from scorecards import checks, evalset_files, statistics
from scorecards.checks._check import DECLINED, Answer, Result, Score
from scorecards.evalsets import EvalSet, Item
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes._probe import Probe, Target
from scorecards.probes._reading import Reader, why

PER_SET = 10
MAX_OUTPUT_TOKENS = 1024
"""Room for a model that thinks first; one that does not stops after a few tokens, and only those are paid."""

REFUSALS = (Outcome.REFUSAL, Outcome.CONTENT_FILTER)
QUOTES_ITS_PROMPT = "combination:repeat_prompt"


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with what came of it; `score` is None when no whole answer came."""

    item: Item
    exchange: Exchange
    score: Score | None

    @property
    def refused(self) -> bool:
        """Whether the model or a filter declined to answer."""
        return self.exchange.outcome in REFUSALS or (self.score is not None and self.score.reason == DECLINED)

    @property
    def counts(self) -> bool:
        """Whether the answer is right or wrong, and not merely missing."""
        return self.score is not None and self.score.result is not Result.UNSCORED

    @property
    def reason(self) -> str:
        """Why it does not count, in a word or two."""
        if self.refused:
            return "refused"
        return self.exchange.outcome.replace("_", " ") if self.score is None else "could not be scored"


def sets(target: Target) -> Mapping[str, EvalSet]:
    """Return the sets to ask about, the bundled ones where the caller names none, without those no check knows."""
    known = checks.load()
    return {
        name: one
        for name, one in (target.sets or evalset_files.bundled()).items()
        if any(item.kind in known for item in one.items)
    }


def _plan(target: Target) -> Sequence[Ask]:
    """Ask the sets in turn, so that a run that ends early has asked all of them alike."""
    rounds = zip_longest(*(_asks(target, one) for one in sets(target).values()))
    return tuple(ask for ask in chain.from_iterable(rounds) if ask)


def _asks(target: Target, one: EvalSet) -> Iterator[Ask]:
    known = checks.load()
    for item in chosen(one, target.nonce, target.samples or PER_SET):
        check = known[item.kind]
        yield Ask(
            text=_text(item, target.nonce),
            max_output_tokens=MAX_OUTPUT_TOKENS,
            temperature=target.temperature,
            role=f"{one.name}/{item.id}",
            tools=check.tools(item),
            whole=True,
        )


def chosen(one: EvalSet, nonce: str, count: int) -> list[Item]:
    """Return up to `count` items that a check knows, drawn by the nonce: another run draws others."""
    items = [item for item in one.items if item.kind in checks.load()]
    return sorted(items, key=lambda item: hashlib.sha256(f"{nonce}/{item.id}".encode()).digest())[:count]


def _text(item: Item, nonce: str) -> str:
    """Put the question under a note that no cache has seen, unless the answer has to repeat it."""
    text = checks.load()[item.kind].put(item)
    return text if QUOTES_ITS_PROMPT in item.fields.get("instruction_id_list", ()) else f"Note {nonce}.\n\n{text}"


def judged(target: Target, exchanges: Sequence[Exchange]) -> dict[str, list[Judged]]:
    """Return what came of each question, by set; every set that is known has a list."""
    found: dict[str, list[Judged]] = {name: [] for name in sets(target)}
    items = {f"{one.name}/{item.id}": item for one in sets(target).values() for item in one.items}
    for one in exchanges:
        item = items.get(one.ask.role)
        if item is not None:
            score = checks.judge(item, Answer(one.text, one.tool_calls)) if one.ok else None
            found[one.ask.role.partition("/")[0]].append(Judged(item, one, score))
    return found


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    of_sets = judged(target, exchanges)
    asked = [one for found in of_sets.values() for one in found if one.exchange.answered]
    refused = [one.refused for one in asked]
    return [
        *(_share(reader, sets(target)[name], found) for name, found in of_sets.items()),
        reader.share(
            "quality_refusal_share",
            refused,
            [one.exchange for one in asked if one.refused] or [one.exchange for one in asked][:1],
            f"{sum(refused)} of {len(refused)} questions refused" if refused else why(exchanges),
        ),
    ]


def _share(reader: Reader, one: EvalSet, found: Sequence[Judged]) -> Reading:
    """Return the share of right answers among those given; what was not answered counts for nothing and is told."""
    quantity = f"quality_share:{one.name}"
    counted = [each for each in found if each.counts]
    if not counted:
        failed = [each.exchange for each in found]
        note = _unanswered(found) if any(each.exchange.ok for each in found) else why(failed or reader.exchanges)
        return replace(reader.unmeasured(quantity, note), n=0)
    truths = [each.score is not None and each.score.result is Result.RIGHT for each in counted]
    note = "; ".join(filter(None, [_right(one, truths), _unanswered(found), f"licence: {one.licence}"]))
    return reader.share(quantity, truths, [each.exchange for each in counted], note)


def _right(one: EvalSet, truths: Sequence[bool]) -> str:
    low, high = statistics.wilson(sum(truths), len(truths)) or (Decimal(0), Decimal(1))
    return f"{one.title}: {sum(truths)} of {len(truths)} right, 95 % interval {low:.2f} to {high:.2f}"


def _unanswered(found: Sequence[Judged]) -> str:
    """Return how many questions do not count, and why: `not counted: 2 truncated, 1 refused`; "" when all count."""
    reasons = Counter(each.reason for each in found if not each.counts)
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f"not counted: {told}" if told else ""


PROBE = Probe(
    name="quality",
    version=1,
    question="How many answers to small sets of questions are right, of those that were answered?",
    quantities=("quality_share", "quality_refusal_share"),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)
