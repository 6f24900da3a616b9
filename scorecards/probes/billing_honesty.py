"""Whether the tokens an endpoint bills are there, add up, grow with the text, and equal its tokenizer's own count."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, AskKind, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import filler
from scorecards.probes._reading import Reader, why

TEXTS = (
    "Note {nonce}. Name one colour.",
    "Note {nonce}. A baker sells 12 loaves in the morning and 7 in the evening. How many loaves is that in one day?",
    "Note {nonce}. 请用一句话介绍长城。 Then say the same thing once more, in English, as briefly as you can.",
)
LENGTHS_WORDS = (20, 60, 180)
"""Three beginnings of one text: whatever the tokenizer, each takes more tokens than the one before."""
MAX_OUTPUT_TOKENS = 16
ESTIMATED = {"anthropic_messages": Decimal("0.02")}
"""Dialects whose count is an estimate by the vendor's own word, and by how much a bill may differ from it."""


def _plan(target: Target) -> Sequence[Ask]:
    texts = [*(text.format(nonce=target.nonce) for text in TEXTS), *_lengths(target.nonce)]
    roles = [*(f"chat-{number}" for number in range(len(TEXTS))), *(f"length-{words}" for words in LENGTHS_WORDS)]
    asked = [*zip(roles, texts, strict=True), ("again", texts[0])]
    chats = [
        Ask(text=text, max_output_tokens=MAX_OUTPUT_TOKENS, stream=number % 2 == 1, role=role)
        for number, (role, text) in enumerate(asked)
    ]
    counts = [Ask(AskKind.COUNT_TOKENS, text=text, role=f"count-{number}") for number, text in enumerate(texts)]
    return (*chats, *counts) if target.counts_tokens else tuple(chats)


def _lengths(nonce: str) -> list[str]:
    words = filler(f"Note {nonce}", 2 * max(LENGTHS_WORDS)).split(" ")
    return [" ".join(words[:count]) for count in LENGTHS_WORDS]


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    answered = [one for one in exchanges if one.answered and one.ask.kind is AskKind.CHAT]
    if not answered:
        return [reader.unmeasured(quantity) for quantity in PROBE.quantities]
    missing = [one for one in answered if not _reports(one)]
    wrong = [one for one in answered if _reports(one) and not _adds_up(one)]
    checks = [
        _check(reader, "usage_reported", missing, answered, f"answers without usage{_malformed(missing)}"),
        _check(reader, "usage_sums", wrong, answered, "answers whose tokens do not add up"),
        _grows(reader, answered),
        _repeats(reader, answered),
        _against_tokenizer(reader, answered),
    ]
    return [*checks, _verified(reader, checks, answered)]


def _malformed(missing: Sequence[Exchange]) -> str:
    odd = sorted({what for one in missing if one.usage for what in one.usage.malformed})
    return f": {'; '.join(odd)}" if odd else ""


def _reports(exchange: Exchange) -> bool:
    usage = exchange.usage
    return usage is not None and usage.input is not None and usage.output is not None


def _adds_up(exchange: Exchange) -> bool:
    """Tell whether input + output is the total, and no part is greater than its whole."""
    usage = exchange.usage
    if usage is None or usage.input is None or usage.output is None:
        return False
    total = usage.input + usage.output if usage.total is None else usage.total
    return (
        usage.input + usage.output == total
        and (usage.cached or 0) <= usage.input
        and (usage.reasoning or 0) <= usage.output
        and usage.output <= exchange.ask.max_output_tokens
    )


def _check(
    reader: Reader, quantity: str, failed: Sequence[Exchange], answered: Sequence[Exchange], what: str
) -> Reading:
    note = f"{len(failed)} of {len(answered)} {what}"
    return reader.known(quantity, not failed, failed or answered, note=note)


def _grows(reader: Reader, answered: Sequence[Exchange]) -> Reading:
    """Tell whether a longer beginning of one text is billed as more input."""
    told = sorted(_counted(answered, lambda one: one.ask.role.startswith("length-")), key=lambda one: len(one.ask.text))
    inputs = [one.usage.input or 0 for one in told if one.usage]
    note = f"input of ever longer beginnings of one text: {', '.join(map(str, inputs))} tokens"
    return _compared(reader, "usage_grows", told, note, holds=all(one < other for one, other in pairwise(inputs)))


def _repeats(reader: Reader, answered: Sequence[Exchange]) -> Reading:
    """Tell whether the same prompt is billed as the same input twice."""
    again = {one.ask.text for one in answered if one.ask.role == "again"}
    told = _counted(answered, lambda one: one.ask.text in again)
    inputs = [one.usage.input for one in told if one.usage]
    note = f"input of the same prompt: {', '.join(map(str, inputs))} tokens"
    return _compared(reader, "usage_repeats", told, note, holds=len(set(inputs)) == 1)


def _counted(answered: Iterable[Exchange], wanted: Callable[[Exchange], bool]) -> list[Exchange]:
    return [one for one in answered if wanted(one) and _reports(one)]


def _compared(reader: Reader, quantity: str, told: Sequence[Exchange], note: str, *, holds: bool) -> Reading:
    """Return what a comparison of bills says; it takes two."""
    if len(told) < 2:  # noqa: PLR2004 - one has nothing to be compared with
        return reader.unmeasured(quantity, "fewer than two answers with usage to compare")
    return reader.known(quantity, holds, told, note=note)


def _against_tokenizer(reader: Reader, answered: Sequence[Exchange]) -> Reading:
    counts = {one.ask.text: one for one in reader.exchanges if one.ok and one.tokens is not None}
    pairs = [(one, counts[one.ask.text]) for one in answered if one.ask.text in counts and _reports(one)]
    if not pairs:
        failed = [one for one in reader.exchanges if one.ask.kind is AskKind.COUNT_TOKENS]
        note = why(failed) if failed else "no tokenizer of this endpoint is known"
        return reader.unmeasured("usage_matches_tokenizer", note)
    leeway = ESTIMATED.get(reader.endpoint.dialect, Decimal(0))
    differ = [(one, count) for one, count in pairs if not _equal(one, count, leeway)]
    note = f"{len(differ)} of {len(pairs)} prompts were counted differently"
    return reader.known(
        "usage_matches_tokenizer", not differ, [one for pair in differ or pairs for one in pair], note=note
    )


def _equal(chat: Exchange, count: Exchange, leeway: Decimal) -> bool:
    billed, counted = (chat.usage.input if chat.usage else None) or 0, count.tokens or 0
    return abs(billed - counted) <= counted * leeway


def _verified(reader: Reader, checks: Sequence[Reading], answered: Sequence[Exchange]) -> Reading:
    """Sum up: false if any check failed, true if all held, partial where there is no tokenizer to check against."""
    failed = [one for one in checks if one.value is False]
    note = "; ".join(one.note for one in failed or checks)
    if failed:
        return reader.known("usage_verified", value=False, exchanges=answered, note=note)
    if any(one.value is None for one in checks):
        return reader.partial("usage_verified", value=True, exchanges=answered, note=note)
    return reader.known("usage_verified", value=True, exchanges=answered, note=note)


PROBE = Probe(
    name="billing_honesty",
    version=1,
    question="Are tokens reported, do they add up, grow with the text, and equal the tokenizer's own count?",
    quantities=(
        "usage_reported",
        "usage_sums",
        "usage_grows",
        "usage_repeats",
        "usage_matches_tokenizer",
        "usage_verified",
    ),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)
