"""Prompts of our own making: new to every cache from their first words on, long ones of a known length."""

import random
from collections.abc import Iterator

from scorecards import tokens

TOPICS = ("rivers", "bridges", "bread", "maps", "clocks", "wool", "glass", "salt", "paper", "ships")

SENTENCE = "{when} the {which} {who} {did} {many} {what} {where}."
WORDS = {
    "when": ("In the morning", "After lunch", "Last week", "At night", "In spring", "Before the rain", "On market day"),
    "which": ("old", "young", "tall", "quiet", "kind", "busy", "proud", "careful"),
    "who": ("baker", "farmer", "teacher", "sailor", "driver", "painter", "doctor", "neighbour", "singer"),
    "did": ("sold", "found", "carried", "painted", "counted", "lost", "cleaned", "moved", "drew"),
    "many": ("two", "three", "five", "six", "nine", "ten", "twelve", "many", "some"),
    "what": ("apples", "chairs", "letters", "boats", "stones", "books", "lamps", "coins", "flowers", "bottles"),
    "where": ("near the river", "behind the school", "by the sea", "in the garden", "at the station", "on the hill"),
}
"""Common words, which nearly every tokenizer keeps whole: so the length of a text is known before it is sent."""


def marked(nonce: str, number: int, text: str) -> str:
    """Return a short prompt that no cache has seen."""
    return f"Note {nonce}-{number}. {text}"


def filler(seed: str, length: int) -> str:
    """Return sentences of about `length` tokens, others for each seed; they begin with the seed itself."""
    rng = random.Random(seed)  # noqa: S311 - variety, no secret; the same seed makes the same text
    return f"{seed}: " + " ".join(_up_to(length, rng))


def _up_to(length: int, rng: random.Random) -> Iterator[str]:
    left = length
    while left > 0:
        sentence = SENTENCE.format(**{name: rng.choice(words) for name, words in WORDS.items()})
        left -= tokens.estimate(sentence)
        yield sentence
