"""Numbers as people and models write them, in digits of any script, in Chinese and in English words."""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

ZH_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "半": 0}
ZH_UNITS = {"十": 10, "百": 100, "千": 1000}
ZH_NUMERAL = re.compile("[零〇一二三四五六七八九两十百千万]{1,24}")
ZH_WORDS = re.compile(
    "一(?=[起样些下般共定直切旦边方])|(?<=[唯第])一|万(?=[一岁])|(?<=[千])万(?!$)(?=[别不])|十分(?!之)"
)
"""Words that hold a numeral and mean no number: 一起, 唯一, 十分."""

EN_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
EN_WORDS = {word: value for value, word in enumerate(EN_ONES)} | {
    word: 10 * value for value, word in enumerate(EN_TENS, start=2)
}
EN_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
EN_NUMERAL = re.compile(
    rf"\b(?:{'|'.join(EN_WORDS)})(?:(?:[\s-]|\s+and\s+)+(?:{'|'.join([*EN_WORDS, *EN_SCALES])}))*\b", re.IGNORECASE
)

DECIMAL_COMMA = frozenset({"de", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "uk", "vi"})
"""Languages that write 3,5 for three and a half, and 1.234 for a thousand and more."""

_FRACTION = re.compile(r"\\[dt]?frac\s*\{\s*(-?\d+)\s*\}\s*\{\s*(\d+)\s*\}")
_MIXED = re.compile(r"(?<=\d)\s*\\[dt]?frac")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
NUMBER = re.compile(rf"(?<![A-Za-z_^\d.])-?\s?(?:{_DIGITS}|\.\d+)(?:[eE][+-]?\d{{1,3}})?(?:\s*/\s*\d+(?![\d/]))?\s*%?")


LONGEST = 200
"""Characters of a number; what is longer answers no question."""


def normal(text: str, lang: str = "en") -> str:
    """Return a text with plain digits, signs and separators, so that `NUMBER` finds what it says.

    >>> normal("−１２，３４５ and 25 m²")
    '-12,345 and 25 m^2'
    """
    text = re.sub(r"(?<=\d)[\u00a0\u202f\u2009'’](?=\d{3}(?!\d))", ",", text)
    text = "".join(_plain(sign) for sign in text)
    text = _FRACTION.sub(r" \1/\2", text.replace("{,}", ",").replace(r"\,", ""))
    if lang.partition("-")[0] in DECIMAL_COMMA:
        text = re.sub(r"(?<=\d)\.(?=\d{3}(?!\d))", "", text)
        text = re.sub(r"(?<=\d),(?=\d{1,2}(?!\d))", ".", text)
    return text


def _plain(sign: str) -> str:
    if sign in "−–﹣－":
        return "-"
    if sign in "²³¹⁰⁴⁵⁶⁷⁸⁹":
        return "^" + unicodedata.normalize("NFKC", sign)
    digit = unicodedata.decimal(sign, None)
    return unicodedata.normalize("NFKC", sign) if digit is None else str(digit)


def value(written: str) -> Fraction | None:
    """Return the value of one match of `NUMBER`, a percent sign left aside; None for none, such as 1/0."""
    if len(written) > LONGEST:
        return None
    top, _, bottom = written.strip().rstrip("%").replace(",", "").replace(" ", "").partition("/")
    return Fraction(top) / int(bottom or 1) if int(bottom or 1) else None


def in_words(text: str) -> Iterator[tuple[int, Fraction]]:
    """Yield the end and value of every number in Chinese or English words, in the order of the text."""
    zh = ZH_WORDS.sub(lambda found: "＿" * len(found[0]), text)
    found = [(one.end(), chinese(one[0])) for one in ZH_NUMERAL.finditer(zh)]
    found += [(one.end(), english(one[0])) for one in EN_NUMERAL.finditer(text)]
    yield from sorted((end, Fraction(number)) for end, number in found)


def chinese(numeral: str) -> int:
    """Return the value of a numeral below a hundred million; one of bare digits is read digit by digit.

    >>> chinese("三千零二十五"), chinese("二〇二六"), chinese("十二万")
    (3025, 2026, 120000)
    """
    if not re.search("[十百千万]", numeral):
        return int("".join(str(ZH_DIGITS[sign]) for sign in numeral))
    high, mark, low = numeral.rpartition("万")
    return (chinese(high or "一") * 10_000 if mark else 0) + _below_myriad(low)


def _below_myriad(numeral: str) -> int:
    total, digit = 0, 0
    for sign in numeral:
        if sign in ZH_UNITS:
            total, digit = total + (digit or 1) * ZH_UNITS[sign], 0
        else:
            digit = ZH_DIGITS[sign]
    return total + digit


def english(numeral: str) -> int:
    """Return the value of a number in words.

    >>> english("two hundred and forty-five"), english("three thousand two hundred")
    (245, 3200)
    """
    total, part = 0, 0
    for word in re.findall("[a-z]+", numeral.lower()):
        scale = EN_SCALES.get(word)
        if word == "hundred":
            part = (part or 1) * 100
        elif scale:
            total, part = total + (part or 1) * scale, 0
        else:
            part += EN_WORDS.get(word, 0)
    return total + part
