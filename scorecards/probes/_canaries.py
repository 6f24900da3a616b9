"""Fixed questions whose answers show whether the model behind a name is still the same, and their digest."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Self

from scorecards.exchanges import Ask, Exchange
from scorecards.probes._probe import Target

TEXTS = (
    "Continue this sentence: The old clock in the hall",
    "Describe the taste of an orange in one sentence.",
    "Name an animal and say why you chose it.",
    "Write one line about a lighthouse at night.",
    "What would a stone say if it could speak?",
    "Give a name to a new shade of blue and describe it.",
    "Finish the story: Nobody had opened the letter until",
    "Which season do you like best, and why?",
    "Explain to a child why leaves fall.",
    "Invent a proverb about patience.",
    "请用一句话描述海边的早晨。",
    "请编一个关于茶的谚语。",
    "如果石头会说话，它会说什么？",
    "List five words that remind you of a market.",
    "Write a polite note that asks a neighbour for a ladder.",
    "What is the most useful thing in a kitchen, and why?",
)
"""Open questions: another model, another precision or another system prompt finds other words."""

MAX_OUTPUT_TOKENS = 24
SEED = 20261123
LOGPROB_TEXTS = ("The capital of France is", "2 + 2 =", "天空的颜色是")
TOP_LOGPROBS = 5
FEWEST = 8
"""Canaries that must have been answered twice, now and then, before anything is said."""

HASH_CHARACTERS = 8
Answers = Mapping[str, tuple[str, ...]]


def asks(target: Target) -> tuple[Ask, ...]:
    """Return every canary twice, in two rounds, then the log probabilities where one can ask for them.

    The only prompts without a nonce: what they are for is being the same each time.
    """
    texts = [(f"canary/{number}", text) for number, text in enumerate(TEXTS)]
    wanted = LOGPROB_TEXTS if target.takes("top_logprobs") else ()
    logprobs = [(f"logprob/{number}", text) for number, text in enumerate(wanted)]
    return tuple(
        Ask(
            text=text,
            max_output_tokens=tokens,
            stream=False,
            temperature=target.temperature,
            seed=SEED if target.takes("seed") else None,
            role=role,
            top_logprobs=top,
        )
        for rows, tokens, top in ((texts, MAX_OUTPUT_TOKENS, None), (logprobs, 1, TOP_LOGPROBS))
        for role, text in [*rows, *rows]
    )


@dataclass(frozen=True, slots=True)
class Digest:
    """What a run of canaries left: short hashes of the answers, who answered, and first-token log probabilities.

    Attributes:
        answers: Canary → hashes of its answers, in the order they were asked.
        tops: Canary → token → log probability, once for each time it was asked.
    """

    served: str
    fingerprints: tuple[str, ...]
    answers: Answers
    tops: Mapping[str, tuple[Mapping[str, Decimal], ...]]

    @classmethod
    def of(cls, exchanges: Sequence[Exchange], asked_for: str) -> Self:
        """Return the digest of what was answered; `asked_for` stands for a model that is not named in the answers."""
        whole = [one for one in exchanges if one.ok]
        names = [one.served_model for one in whole if one.served_model]
        prints = sorted({name for one in whole for name in one.fingerprints})
        answers = _by_role(whole, "canary/")
        tops = {
            role: tuple(dict(one.logprobs[0].top) for one in found if one.logprobs)
            for role, found in _by_role(whole, "logprob/").items()
        }
        hashes = {role: tuple(_hash(one.text) for one in found) for role, found in answers.items()}
        return cls(names[-1] if names else asked_for, tuple(prints), hashes, tops)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the digest that `str()` made this text of."""
        raw = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        tops = {role: tuple(found) for role, found in raw["tops"].items()}
        answers = {role: tuple(hashes) for role, hashes in raw["answers"].items()}
        return cls(raw["served"], tuple(raw["fingerprints"]), answers, tops)

    def __str__(self) -> str:
        tops = {role: [{t: float(p) for t, p in one.items()} for one in found] for role, found in self.tops.items()}
        body = {"served": self.served, "fingerprints": self.fingerprints, "answers": self.answers, "tops": tops}
        return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def pairs(self) -> Answers:
        """The canaries that were answered both times."""
        return {role: hashes for role, hashes in self.answers.items() if len(hashes) > 1}

    @property
    def flips(self) -> list[bool]:
        """For each canary answered twice, whether the two answers differ."""
        return [len(set(hashes)) > 1 for hashes in self.pairs.values()]


def _by_role(exchanges: Sequence[Exchange], prefix: str) -> dict[str, list[Exchange]]:
    roles = sorted({one.ask.role for one in exchanges if one.ask.role.startswith(prefix)})
    return {role: [one for one in exchanges if one.ask.role == role] for role in roles}


def _hash(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:HASH_CHARACTERS]


def apart(here: Digest, there: Digest) -> list[bool]:
    """Return for each canary that both answered twice whether no answer of the one is an answer of the other."""
    common = sorted(here.pairs.keys() & there.pairs.keys())
    return [set(here.pairs[role]).isdisjoint(there.pairs[role]) for role in common]


def shift(one: Sequence[Mapping[str, Decimal]], other: Sequence[Mapping[str, Decimal]]) -> Decimal | None:
    """Return the greatest difference of a token that both name, in nats to three places; None when they name none."""
    gaps = [round(abs(a[token] - b[token]), 3) for a in one for b in other for token in a.keys() & b.keys()]
    return max(gaps, default=None)


def noise(tops: Sequence[Mapping[str, Decimal]]) -> Decimal | None:
    """Return the greatest difference between the times one canary was asked; None when it was asked once."""
    found = [gap for a, b in combinations(tops, 2) if (gap := shift([a], [b])) is not None]
    return max(found, default=None)
