"""How many tokens the same text takes in each language, as billed, and what it costs there.

Each text is sent alone, in NFC, with one token of output allowed. Template and system tokens around it are taken off by
a baseline: the same request with the text ".", which is one token to every tokenizer we know, so
tokens = input of the text - input of the baseline + 1.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards import evalset_files
from scorecards.cost.usage import Usage
from scorecards.evalsets import EvalSet
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes._billed import NO_USAGE, paid
from scorecards.probes._probe import Probe, Target
from scorecards.probes._reading import Reader, why

KIND = "parallel"
OURS = "parallel_text"
"""The set whose readings are named by language alone; those of others carry the set's name too."""
ENGLISH = "en"
PART = "article"
"""Field of an item: rows of one article are translations of each other."""
BASELINE = "."
BASELINE_TOKENS = 1
NOT_ASKED = "not asked: the run ended before"


def texts(target: Target) -> Mapping[str, str]:
    """Return the texts by what readings call them: `zh`, or `udhr_parallel/zh` for a set of the operator's."""
    sets = target.sets or evalset_files.bundled()
    return {_named(one, lang): text for one in sets.values() for lang, text in of_set(one).items()}


def of_set(one: EvalSet) -> Mapping[str, str]:
    """Return each language's text in NFC, English first, without languages that lack a part; {} without English."""
    parts: dict[str, dict[object, str]] = {ENGLISH: {}}
    for item in one.items:
        if item.kind == KIND:
            parts.setdefault(item.lang, {})[item.fields.get(PART)] = item.prompt
    wanted = parts[ENGLISH]
    return {
        lang: unicodedata.normalize("NFC", "\n\n".join(found[part] for part in wanted))
        for lang, found in parts.items()
        if wanted and wanted.keys() <= found.keys()
    }


def _named(one: EvalSet, lang: str) -> str:
    return lang if one.name == OURS else f"{one.name}/{lang}"


def _plan(target: Target) -> Sequence[Ask]:
    asked = {BASELINE: BASELINE, **texts(target)}
    return [Ask(text=text, max_output_tokens=1, stream=False, role=name) for name, text in asked.items()]


@dataclass(frozen=True, slots=True)
class Counted:
    """A text as it was billed: `tokens` is None where it could not be counted, and `missing` says why."""

    name: str
    tokens: int | None
    exchanges: Sequence[Exchange]
    missing: str = ""


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    by_role = {one.ask.role: one for one in exchanges}
    counted = {name: _counted(reader, by_role, name) for name in texts(target)}
    return [
        *(_tokens(reader, one) for one in counted.values()),
        *(_premium(reader, one, counted[_english(name)]) for name, one in counted.items()),
        *(_cost(target, reader, one) for one in counted.values()),
    ]


def _english(name: str) -> str:
    """Return what the English text of the same set is called."""
    among, slash, _ = name.rpartition("/")
    return f"{among}{slash}{ENGLISH}"


def _counted(reader: Reader, by_role: Mapping[str, Exchange], name: str) -> Counted:
    text, around = by_role.get(name), by_role.get(BASELINE)
    if text is None or around is None:
        failed = [one for one in reader.exchanges if not one.answered]
        return Counted(name, None, (), why(failed) if failed else NOT_ASKED)
    pair = (text, around)
    inputs = [one.usage.input for one in pair if one.answered and one.usage and one.usage.input is not None]
    if len(inputs) < len(pair):
        failed = [one for one in pair if not one.answered]
        return Counted(name, None, pair, why(failed) if failed else NO_USAGE)
    if inputs[0] < inputs[1]:
        return Counted(name, None, pair, f"billed {inputs[0]} tokens, below the {inputs[1]} of {BASELINE!r}")
    return Counted(name, inputs[0] - inputs[1] + BASELINE_TOKENS, pair)


def _tokens(reader: Reader, one: Counted) -> Reading:
    quantity = f"language_tokens:{one.name}"
    if one.tokens is None:
        return reader.unmeasured(quantity, one.missing)
    note = f"{len(one.exchanges[0].ask.text)} characters in NFC, template taken off"
    return reader.known(quantity, Decimal(one.tokens), one.exchanges, unit="tokens", note=note, n=1)


def _premium(reader: Reader, one: Counted, english: Counted) -> Reading:
    quantity = f"language_premium:{one.name}"
    if one.tokens is None or english.tokens is None:
        return reader.unmeasured(quantity, one.missing or f"in English: {english.missing}")
    share = round(Decimal(one.tokens) / english.tokens, 4)
    note = f"{one.tokens} tokens for the text that takes {english.tokens} in English"
    shown = one.exchanges if one is english else [*one.exchanges, english.exchanges[0]]
    return reader.known(quantity, share, shown, unit="times English", note=note, n=1)


def _cost(target: Target, reader: Reader, one: Counted) -> Reading:
    quantity = f"language_cost_usd:{one.name}"
    if one.tokens is None:
        return reader.unmeasured(quantity, one.missing)
    cost = paid(target, one.exchanges[0], Usage(one.tokens))
    if cost.usd is None:
        return reader.unmeasured(quantity, cost.note)
    note = f"{one.tokens} tokens as input; {cost.note}"
    return reader.known(quantity, cost.usd, one.exchanges, unit="USD", note=note, n=1)


PROBE = Probe(
    name="language_premium",
    version=1,
    question="How many tokens does the same text take in each language, as billed?",
    quantities=("language_tokens", "language_premium", "language_cost_usd"),
    plan=_plan,
    read=_read,
    every_s=2 * 24 * 3600,
)
