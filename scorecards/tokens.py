"""Our own count of tokens, to stand beside the endpoint's: an estimate, good to some ten per cent, never a bill."""

import re

_PIECE = re.compile(r"'(?:s|t|re|ve|m|ll|d)\b| ?[^\W\d_]+| ?\d{1,3}| ?[^\s\w]+|\s+(?!\S)|\s+|_+", re.IGNORECASE)
"""How byte-pair tokenizers cut text before they merge: a word with the space before it, up to three digits, signs."""

LATIN_LETTERS_PER_TOKEN = 6
WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Kana, Han and Hangul, of which a token rarely holds more than one or two."""
WIDE_TOKENS_PER_LETTER = 0.8


def estimate(text: str) -> int:
    """Return about how many tokens a usual tokenizer of today makes of `text`; 0 for no text.

    >>> estimate(" one two three")
    3
    """
    wide = len(WIDE.findall(text))
    rest = WIDE.sub(" ", text) if wide else text
    words = [word for piece in _PIECE.findall(rest) if (word := piece.strip())]
    plain = sum(1 + (len(word) - 1) // LATIN_LETTERS_PER_TOKEN for word in words)
    return plain + round(wide * WIDE_TOKENS_PER_LETTER)
