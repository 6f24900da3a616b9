"""Whether a host serves the weights as its peers do: tool calls that follow their schema, answers like theirs."""

from collections import Counter
from collections.abc import Iterator, Sequence

from scorecards import evalset_files
from scorecards.checks import tools
from scorecards.evalsets import Item
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes import _canaries
from scorecards.probes._canaries import Digest
from scorecards.probes._probe import Probe, Target
from scorecards.probes._reading import Reader
from scorecards.probes.silent_change import earlier

MAX_OUTPUT_TOKENS = 1024
SET = "tools"


def items() -> list[Item]:
    """Return the bundled questions that want a call."""
    return [one for one in evalset_files.bundled()[SET].items if one.answer]


def _plan(target: Target) -> Sequence[Ask]:
    return tuple(
        Ask(
            text=f"Note {target.nonce}.\n\n{one.prompt}",
            max_output_tokens=MAX_OUTPUT_TOKENS,
            temperature=target.temperature,
            role=f"call/{one.id}",
            tools=tools.offered(one),
            whole=True,
        )
        for one in items()[: target.samples]
    )


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    return [_schema_share(reader), _agreement(reader, target)]


def _schema_share(reader: Reader) -> Reading:
    """Return the share of answers whose every call names a function that was offered and follows its schema.

    Every question wants a call, so an answer without one is none of them. Whether the call is the best one is the
    quality probe's question.
    """
    answered = [one for one in reader.exchanges if one.ok and one.ask.tools]
    if not answered:
        return reader.unmeasured("tool_schema_share")
    faults = [_fault(one) for one in answered]
    kinds = Counter(one for one in faults if one)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    failed = len(reader.exchanges) - len(answered)
    note = f"{faults.count('')} of {len(faults)} called as asked" + (f"; {told}" if told else "")
    note += f"; {failed} not answered" if failed else ""
    return reader.share("tool_schema_share", [not one for one in faults], answered, note)


def _fault(exchange: Exchange) -> str:
    """Return what is wrong with an answer's calls; "" when nothing is."""
    if not exchange.tool_calls:
        return "made no call"
    try:
        list(tools.parsed(exchange.tool_calls, exchange.ask.tools))
    except ValueError:
        return "made a call that breaks its schema"
    return ""


def _agreement(reader: Reader, target: Target) -> Reading:
    """Return the share of canaries answered as another host of the same model answered them, from stored digests."""
    here = earlier(target, target.endpoint.ref)
    if here is None:
        return reader.unmeasured("host_agreement_share", "silent_change has not asked the canaries here yet")
    found = list(_others(target, here))
    if not found:
        return reader.unmeasured("host_agreement_share", "no other host of this model has answered the canaries")
    told = [f"as {ref}: {apart.count(False)} of {len(apart)}" for ref, apart in found]
    told.append(f"own flips: {sum(here.flips)} of {len(here.flips)}")
    same = [not one for _, apart in found for one in apart]
    return reader.share("host_agreement_share", same, [], "; ".join(told))


def _others(target: Target, here: Digest) -> Iterator[tuple[str, list[bool]]]:
    for ref in sorted({one.subject for one in target.earlier} - {target.endpoint.ref}):
        there = earlier(target, ref)
        if there and (apart := _canaries.apart(here, there)):
            yield ref, apart


PROBE = Probe(
    name="host_fidelity",
    version=1,
    question="Does this host call tools as their schema says, and answer as other hosts of the same model do?",
    quantities=("tool_schema_share", "host_agreement_share"),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)
