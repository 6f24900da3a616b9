"""How much an endpoint takes and gives: context and longest answer as declared, and what it does beyond them.

What the model makes of a prompt and what the API does with it are kept apart: a prompt counts as taken when the
endpoint reports its tokens, or when the model gives back a word from its beginning; a model that forgets the word has
not refused the prompt. A count that the model never began says nothing about cuts.
"""

from collections.abc import Sequence
from decimal import Decimal

from scorecards import timings, tokens
from scorecards.evidence import Bound, Reading
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes import _counting
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import filler, marked
from scorecards.probes._reading import Reader, why

AFFORDABLE_TOKENS = 20_000
"""Largest input of one request: with twice its size set aside, a run stays below the usual cap of 60,000 tokens."""
UNDECLARED = (1_500, 6_000, 18_000)
"""Sizes tried where no context is declared."""
BELOW, ABOVE = Decimal("0.9"), Decimal("1.1")
TAKEN = Decimal("0.8")
"""Share of our own count that an endpoint has to report before a prompt counts as whole; our count errs by less."""

SMALL_CAP = 40
LONG_ANSWER_TOKENS = 512
AFFORDABLE_OUTPUT_TOKENS = 1024
STORY_PROMPT = "Tell a very long story, of at least three hundred sentences."
COUNT_TO, COUNT_CAP = "twenty", 160
COUNTS_FROM = 5
"""So far a model has to get before it can be said to count."""
NEEDLE_CAP = 64
OVER_CAP = Decimal("1.15")
"""Our own count must exceed the cap by so much before it backs the endpoint's count; alone it must by `ALONE`."""
ALONE = Decimal("1.6")

NEEDLES = ("lantern", "walnut", "compass", "violet", "thunder", "marble", "falcon", "saddle", "harbour", "copper")
NEEDLE_PROMPT = (
    "The secret word is {word}. {text}\n\nWhat is the secret word from the beginning? Answer with that word."
)


def _plan(target: Target) -> Sequence[Ask]:
    nonce = target.nonce
    answers = (
        ("cap", STORY_PROMPT, SMALL_CAP),
        ("count", _counting.PROMPT.format(last=COUNT_TO), COUNT_CAP),
        ("long", STORY_PROMPT, _long_cap(target)),
    )
    asks = [
        Ask(text=marked(nonce, number, text), max_output_tokens=cap, role=role)
        for number, (role, text, cap) in enumerate(answers)
    ]
    return (*asks, *(_needle(nonce, role, size) for role, size in _sizes(target).items()))


def _long_cap(target: Target) -> int:
    declared = target.model.max_output_tokens if target.model else None
    return min(declared or LONG_ANSWER_TOKENS, AFFORDABLE_OUTPUT_TOKENS)


def _sizes(target: Target) -> dict[str, int]:
    """Return role → tokens of input, the smallest first."""
    declared = _declared(target)
    if declared is None:
        return {f"needle-{size}": size for size in UNDECLARED}
    below, above = int(declared * BELOW), int(declared * ABOVE)
    if below > AFFORDABLE_TOKENS:
        return {"affordable": AFFORDABLE_TOKENS}
    return {"below": below} | ({"above": above} if above <= AFFORDABLE_TOKENS else {})


def _declared(target: Target) -> int | None:
    return target.model.context_tokens if target.model else None


def _needle(nonce: str, role: str, size: int) -> Ask:
    text = filler(f"{role}-{nonce}", size - NEEDLE_CAP)
    prompt = NEEDLE_PROMPT.format(word=_word(nonce, size), text=text)
    return Ask(text=prompt, max_output_tokens=NEEDLE_CAP, role=role)


def _word(nonce: str, size: int) -> str:
    return NEEDLES[(sum(nonce.encode()) + size) % len(NEEDLES)]


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader, sizes = Reader(target.endpoint, PROBE.reader, exchanges), _sizes(target)
    if not any(one.answered for one in exchanges):
        return reader.nothing(PROBE.quantities)
    needles = [one for one in exchanges if one.ask.role in sizes]
    counts = [one for one in exchanges if one.ask.role not in sizes]
    return [
        _context(reader, needles, _declared(target)),
        _accepted(reader, needles, planned="below" in sizes),
        _found(reader, needles),
        _overflow(reader, needles, _declared(target)),
        _honoured(reader, counts),
        _longest(reader, counts),
        _cuts(reader, counts),
    ]


def _holds_needle(one: Exchange) -> bool:
    """Tell whether the answer gives back the word that stands at the beginning of the prompt."""
    word = next(word for word in NEEDLES if word in one.ask.text)
    return word in one.text.lower()


def _input(one: Exchange) -> int:
    """Return the tokens of the prompt as reported, else by our own count."""
    reported = one.usage.input if one.usage else None
    return tokens.estimate(one.ask.text) if reported is None else reported


def _taken(one: Exchange) -> bool:
    """Tell whether the endpoint took the whole prompt: it reports its tokens, or the model knows its beginning."""
    reported = one.usage.input if one.usage else None
    whole = reported is not None and reported >= TAKEN * tokens.estimate(one.ask.text)
    return one.answered and (whole or _holds_needle(one))


def _refused(one: Exchange) -> bool:
    return one.outcome in (Outcome.TOO_LARGE, Outcome.BAD_REQUEST)


def _context(reader: Reader, needles: Sequence[Exchange], declared: int | None) -> Reading:
    """Return the declared context if what was taken and what was refused enclose it, else the largest taken."""
    taken = [one for one in needles if _taken(one)]
    if not taken:
        return reader.unmeasured("context_tokens", _why_not(needles))
    largest = max(taken, key=_input)
    beyond = [one for one in needles if one.ask.role == "above" and _refused(one)]
    if declared and beyond and largest.ask.role == "below":
        note = f"took {_input(largest)} tokens and refused about {_input(beyond[0])}, as the declared number wants"
        return reader.known("context_tokens", Decimal(declared), [largest, *beyond], unit="tokens", note=note, n=2)
    note = f"largest prompt that was taken; {len(needles)} sizes tried"
    return reader.known(
        "context_tokens", Decimal(_input(largest)), [largest], unit="tokens", note=note, bound=Bound.AT_LEAST
    )


def _accepted(reader: Reader, needles: Sequence[Exchange], *, planned: bool) -> Reading:
    quantity, below = "declared_context_accepted", [one for one in needles if one.ask.role == "below"]
    if not planned:
        return reader.unmeasured(quantity, f"no context of at most {AFFORDABLE_TOKENS} tokens is declared")
    if not below:
        return reader.unmeasured(quantity)
    size = tokens.estimate(below[0].ask.text)
    if _taken(below[0]):
        return reader.known(quantity, value=True, exchanges=below, note=f"a prompt of about {size} tokens was taken")
    if _refused(below[0]):
        note = f"a prompt of about {size} tokens was refused: {below[0].detail}"
        return reader.known(quantity, value=False, exchanges=below, note=note)
    if _cut(below[0]):
        note = f"of a prompt of about {size} tokens, {_input(below[0])} were taken, and nothing was said of it"
        return reader.known(quantity, value=False, exchanges=below, note=note)
    return reader.unmeasured(quantity, _why_not(below))


def _found(reader: Reader, needles: Sequence[Exchange]) -> Reading:
    """Tell whether the model knows the beginning of the largest prompt that was answered in words."""
    answered = [one for one in needles if one.answered and one.text.strip()]
    if not answered:
        return reader.unmeasured("context_needle_found", _why_not(needles))
    largest = max(answered, key=lambda one: len(one.ask.text))
    found = _holds_needle(largest)
    blame = "" if found else ": the model forgot it" if _taken(largest) else ": the prompt was not taken whole"
    note = f"the word at the beginning of about {tokens.estimate(largest.ask.text)} tokens{blame}"
    return reader.known("context_needle_found", found, [largest], note=note)


def _cut(one: Exchange) -> bool:
    """Tell whether a prompt was answered after a part of it was dropped, by the endpoint's own count."""
    return one.answered and not _taken(one) and one.usage is not None and one.usage.input is not None


def _overflow(reader: Reader, needles: Sequence[Exchange], declared: int | None) -> Reading:
    """Judge what is longer than the context: refused honestly, or cut without a word."""
    quantity = "context_overflow_refused"
    refused = [one for one in needles if _refused(one)]
    cut = [one for one in needles if _cut(one)]
    if cut:
        note = (
            f"of about {tokens.estimate(cut[0].ask.text)} tokens, {_input(cut[0])} were taken; nothing was said of it"
        )
        return reader.known(quantity, value=False, exchanges=cut, note=note)
    if refused:
        return reader.known(quantity, value=True, exchanges=refused, note=refused[-1].detail)
    beyond = [one for one in needles if one.ask.role == "above" and one.answered and not _taken(one)]
    if beyond:
        return reader.partial(
            quantity, value=False, exchanges=beyond, note=f"more than the declared {declared} answered"
        )
    took = max((_input(one) for one in needles if _taken(one)), default=0)
    return reader.unmeasured(quantity, f"everything up to {took} tokens was taken" if took else _why_not(needles))


def _why_not(asked: Sequence[Exchange]) -> str:
    if any(one.answered for one in asked):
        return "answered without a count of its input, and the model did not give the word back"
    return why(asked) if asked else ""


def _exceeds(one: Exchange) -> bool:
    """Tell whether an answer is longer than was allowed; the endpoint's count has to be backed by ours."""
    reported, own, cap = one.usage.output if one.usage else None, timings.own_count(one), one.ask.max_output_tokens
    return own > cap * ALONE if reported is None else reported > cap + 1 and own > cap * OVER_CAP


def _at_cap(one: Exchange) -> bool:
    return one.finish_reason == "length" or timings.output_tokens(one) >= one.ask.max_output_tokens


def _honoured(reader: Reader, counts: Sequence[Exchange]) -> Reading:
    quantity, answered = "max_tokens_honoured", [one for one in counts if one.answered]
    over = [one for one in answered if _exceeds(one)]
    if over:
        told = ", ".join(f"{timings.output_tokens(one)} at a cap of {one.ask.max_output_tokens}" for one in over)
        return reader.known(quantity, value=False, exchanges=over, note=f"output tokens: {told}")
    reached = [one for one in answered if _at_cap(one)]
    if not reached:
        return reader.unmeasured(quantity, _ended_early(answered) if answered else why(counts))
    return reader.known(quantity, value=True, exchanges=reached, note="answers ended at their cap")


def _ended_early(answered: Sequence[Exchange]) -> str:
    lengths = ", ".join(str(timings.output_tokens(one)) for one in answered)
    return f"no answer reached its cap; they ended by themselves after {lengths} tokens"


def _longest(reader: Reader, counts: Sequence[Exchange]) -> Reading:
    answered = [one for one in counts if one.answered and timings.own_count(one)]
    if not answered:
        return reader.unmeasured("max_output_tokens", why(counts))
    longest = max(answered, key=_believable)
    note = f"longest answer that was given, asked for at most {max(one.ask.max_output_tokens for one in answered)}"
    value = Decimal(_believable(longest))
    return reader.known("max_output_tokens", value, [longest], unit="tokens", note=note, bound=Bound.AT_LEAST)


def _believable(one: Exchange) -> int:
    """Return the reported output tokens, or our own count where they are far more than came."""
    reported, own = timings.output_tokens(one), timings.own_count(one)
    return reported if reported <= own * ALONE else own


def _cuts(reader: Reader, counts: Sequence[Exchange]) -> Reading:
    """Judge answers that count: one that breaks off below its cap without saying so may have been cut."""
    quantity, answered = "cuts_are_declared", [one for one in counts if one.answered]
    broken = [one for one in answered if one.ask.role == "count" and _broke_off(one)]
    if broken:
        after = ", ".join(str(_counting.counted(one.text)[0]) for one in broken)
        note = f"counts broke off after {after}, below the cap, under {broken[0].finish_reason}: the model's or a cut"
        return reader.partial(quantity, value=False, exchanges=broken, note=note)
    told = [one for one in answered if one.finish_reason == "length"]
    if told:
        return reader.known(quantity, value=True, exchanges=told, note="answers cut at their cap say so")
    return reader.unmeasured(quantity, "no answer was cut, or the model did not count" if answered else why(counts))


def _broke_off(one: Exchange) -> bool:
    """Tell whether a count stops short of its end, and not as a sentence does."""
    reached, only_numbers = _counting.counted(one.text)
    unfinished = only_numbers and COUNTS_FROM <= reached < _counting.VALUES[COUNT_TO]
    return unfinished and one.text.strip()[-1].isalnum() and not _at_cap(one)


PROBE = Probe(
    name="limits",
    version=1,
    question="Do context and longest answer reach as far as declared, and what happens beyond them?",
    quantities=(
        "context_tokens",
        "declared_context_accepted",
        "context_needle_found",
        "context_overflow_refused",
        "max_tokens_honoured",
        "max_output_tokens",
        "cuts_are_declared",
    ),
    plan=_plan,
    read=_read,
    every_s=2 * 24 * 3600,
)
