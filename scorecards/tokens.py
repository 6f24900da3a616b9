"""Our own count of tokens, to stand beside the endpoint's: an estimate, never a bill."""

import re

_PIECE = re.compile(r"[^\W\d_]+|\d+|\n+|[^\s\w]+|_+")
"""What byte-pair tokenizers cut text into before they merge: words, numbers, ends of lines, signs."""

LETTERS_PER_TOKEN = 8
SIGNS_PER_TOKEN = 3
DIGITS_PER_TOKEN = 2
"""Between tokenizers that take digits one by one (Gemma, Qwen) and those that take three at once (GPT, Llama 3)."""
WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Kana, Han and Hangul, of which a token rarely holds more than one or two."""
WIDE_TOKENS_PER_LETTER = 0.8


def estimate(text: str) -> int:
    """Return about how many tokens a usual tokenizer of today makes of `text`; 0 for no text.

    Measured with `bench/token_estimate.py` against the tokenizers of SmolLM2 and Gemma 3: English prose and source code
    within -13..+13 % (mean 5 %), long prompts of our own making within 2 %. Chinese: 0..+40 % of what Gemma needs, and
    half of what a tokenizer made for English does. Bare numbers fall short by up to 60 % where digits are taken singly.

    >>> estimate(" one two three")
    3
    """
    wide = len(WIDE.findall(text))
    rest = WIDE.sub(" ", text) if wide else text
    return sum(map(_tokens, _PIECE.findall(rest))) + round(wide * WIDE_TOKENS_PER_LETTER)


def _tokens(piece: str) -> int:
    if piece.isalpha():
        return 1 + len(piece) // LETTERS_PER_TOKEN
    if piece.isspace():
        return 1
    return -(-len(piece) // (DIGITS_PER_TOKEN if piece.isdecimal() else SIGNS_PER_TOKEN))
