"""What a task costs, and what a solved one does: a few bundled questions, priced by the tokens that were billed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from scorecards import evalset_files, statistics
from scorecards.checks._check import Result
from scorecards.cost.usage import Usage
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes import quality
from scorecards.probes._billed import NO_USAGE, USD_DIGITS, Paid, billed, notes, paid
from scorecards.probes._probe import Probe, Target
from scorecards.probes._reading import Reader, why
from scorecards.probes.quality import Judged

PER_SET = 6
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Task:
    """A question that was answered and billed.

    Attributes:
        solved: None = nobody can tell; then it says nothing of the cost of success. A task that was refused, or cut at
            the cap, was paid for and is not solved.
    """

    exchange: Exchange
    usage: Usage
    paid: Paid
    solved: bool | None

    @property
    def usd(self) -> Decimal:
        """What it cost."""
        return self.paid.usd or Decimal(0)


def _quality(target: Target) -> Target:
    """Return what `quality` asks for us: bundled sets only, so that the figures of all installations are of one mix."""
    return replace(target, sets=evalset_files.bundled(), samples=target.samples or PER_SET)


def _plan(target: Target) -> Sequence[Ask]:
    return quality.PROBE.plan(_quality(target))


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    found = list(chain.from_iterable(quality.judged(_quality(target), exchanges).values()))
    answered = [one for one in found if one.exchange.answered]
    tasks = [_task(target, one, usage) for one in answered if (usage := billed(one.exchange))]
    if not tasks:
        return [reader.unmeasured(quantity, NO_USAGE if answered else why(exchanges)) for quantity in PROBE.quantities]
    return [
        reader.distribution(
            "tokens_per_task", [Decimal(one.usage.output) for one in tasks], "tokens", _counted(tasks, answered)
        ),
        _reasoning(reader, tasks),
        *_costs(reader, tasks),
    ]


def _task(target: Target, one: Judged, usage: Usage) -> Task:
    right = one.score is not None and one.score.result is Result.RIGHT
    told = one.counts or one.refused or not one.exchange.ok
    return Task(one.exchange, usage, paid(target, one.exchange, usage), right if told else None)


def _counted(tasks: Sequence[Task], answered: Sequence[Judged]) -> str:
    """Return what the reader of a figure must know: tasks without usage, and tasks cut at the cap."""
    cut = sum(one.exchange.outcome is Outcome.TRUNCATED for one in tasks)
    told = [
        "output, reasoning included",
        f"{len(answered) - len(tasks)} answers without usage left out" if len(answered) > len(tasks) else "",
        f"{cut} cut at {quality.MAX_OUTPUT_TOKENS} tokens" if cut else "",
    ]
    return "; ".join(filter(None, told))


def _reasoning(reader: Reader, tasks: Sequence[Task]) -> Reading:
    """Return the share of the output that was reasoning, of the tasks that report it."""
    told = [one for one in tasks if one.exchange.usage and one.exchange.usage.reasoning is not None]
    output = sum(one.usage.output for one in told)
    if not output:
        return reader.unmeasured("reasoning_share", "reasoning tokens are not reported")
    share = Decimal(sum(one.usage.reasoning for one in told)) / output
    note = f"of {output} output tokens in {len(told)} tasks"
    return reader.known("reasoning_share", round(share, 6), [one.exchange for one in told], note=note)


def _costs(reader: Reader, tasks: Sequence[Task]) -> Sequence[Reading]:
    """Return mean cost of a task, and cost of all over number solved, each with its 95 % interval."""
    unpriced = [one.paid for one in tasks if one.paid.usd is None]
    if unpriced:
        note = notes(unpriced)
        return [reader.unmeasured(quantity, note) for quantity in ("cost_per_task_usd", "cost_per_success_usd")]
    return [_per_task(reader, tasks), _per_success(reader, [one for one in tasks if one.solved is not None])]


def _per_task(reader: Reader, tasks: Sequence[Task]) -> Reading:
    note = f"mean; {_interval_is(tasks)}; {notes(one.paid for one in tasks)}"
    return _ratio(reader, "cost_per_task_usd", tasks, [ONE] * len(tasks), note)


def _per_success(reader: Reader, tasks: Sequence[Task]) -> Reading:
    solved = [Decimal(one.solved or 0) for one in tasks]
    told = f"{sum(solved)} of {len(tasks)} tasks solved"
    if not any(solved):
        return reader.unmeasured("cost_per_success_usd", told)
    if statistics.ratio_interval([one.usd for one in tasks], solved) is None:
        return reader.unmeasured("cost_per_success_usd", f"{told}: too few, the cost of one has no upper bound")
    note = f"{told}; {_interval_is(tasks)}; {notes(one.paid for one in tasks)}"
    return _ratio(reader, "cost_per_success_usd", tasks, solved, note)


def _interval_is(tasks: Sequence[Task]) -> str:
    few = len(tasks) < statistics.MIN_PAIRS
    return f"fewer than {statistics.MIN_PAIRS} tasks give no interval" if few else "95 % interval by Fieller's theorem"


def _ratio(reader: Reader, quantity: str, tasks: Sequence[Task], bottoms: Sequence[Decimal], note: str) -> Reading:
    costs = [one.usd for one in tasks]
    ends = statistics.ratio_interval(costs, bottoms)
    interval = (_usd(max(ends[0], Decimal(0))), _usd(ends[1])) if ends else None
    value = _usd(sum(costs, Decimal(0)) / sum(bottoms, Decimal(0)))
    shown = [one.exchange for one in tasks]
    return reader.known(quantity, value, shown, unit="USD", note=note, interval=interval)


def _usd(amount: Decimal) -> Decimal:
    return round(amount, USD_DIGITS)


PROBE = Probe(
    name="task_cost",
    version=1,
    question="How many tokens and US dollars does a task take as billed, and a solved one?",
    quantities=("tokens_per_task", "reasoning_share", "cost_per_task_usd", "cost_per_success_usd"),
    plan=_plan,
    read=_read,
    every_s=2 * 24 * 3600,
)
