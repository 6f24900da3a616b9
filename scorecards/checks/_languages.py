"""Whether a text is in a language, as far as its script and its commonest words can tell."""

import re

SCRIPTS = {
    "Han": "\u3400-\u4dbf\u4e00-\u9fff",
    "Kana": "\u3040-\u30ff",
    "Hangul": "\uac00-\ud7af\u1100-\u11ff",
    "Cyrillic": "\u0400-\u04ff",
    "Greek": "\u0370-\u03ff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f",
    "Hebrew": "\u0590-\u05ff",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Thai": "\u0e00-\u0e7f",
    "Latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
WRITES = {
    "zh": "Han", "ja": "Kana", "ko": "Hangul", "el": "Greek", "he": "Hebrew", "pa": "Gurmukhi", "gu": "Gujarati",
    "ta": "Tamil", "te": "Telugu", "kn": "Kannada", "th": "Thai",
    "ru": "Cyrillic", "uk": "Cyrillic", "bg": "Cyrillic", "ar": "Arabic", "fa": "Arabic", "ur": "Arabic",
    "hi": "Devanagari", "mr": "Devanagari", "ne": "Devanagari", "bn": "Bengali",
}  # fmt: skip
SHARED = frozenset({"Cyrillic", "Arabic", "Devanagari", "Bengali"})
"""Scripts of several languages: another script is a wrong answer, this one proves nothing."""

COMMON = {
    "en": "the of and to is in that it was for are with as this",
    "de": "der die und das ist nicht ein eine zu den mit auf für sich",
    "fr": "le la les et des est une dans que pour pas du qui sur",
    "es": "el los las y del que es una por con para se su como",
    "it": "il gli di che è una per non con del della sono nel",
    "pt": "o os as e do da que é uma para com não em no",
    "vi": "và của là có không được một cho các người những với",
}
MOST = 0.6
"""Share of the letters that must be of the script."""
MARGIN = 2


def is_in(text: str, language: str) -> bool | None:
    """Tell whether a text is in a language (ISO 639-1); None when script and words cannot tell."""
    letters = re.findall(r"[^\W\d_]", text)
    if not letters:
        return None
    script = WRITES.get(language, "Latin" if language in COMMON else "")
    if not script:
        return None
    share = len(re.findall(f"[{_signs(script)}]", text)) / len(letters)
    if share < MOST:
        return False
    if script in ("Han", "Kana") and (re.search(f"[{SCRIPTS['Kana']}]", text) is None) != (script == "Han"):
        return False
    return _by_words(text, language) if script == "Latin" else None if script in SHARED else True


def _signs(script: str) -> str:
    """Return a script's letters; Japanese is written in Han too, but no whole answer is without kana."""
    return SCRIPTS["Kana"] + SCRIPTS["Han"] if script == "Kana" else SCRIPTS[script]


def _by_words(text: str, language: str) -> bool | None:
    """Count the commonest words of each language; None without a clear winner."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    found = {name: sum(words.count(one) for one in common.split()) for name, common in COMMON.items()}
    others = max(count for name, count in found.items() if name != language)
    if found[language] >= others + MARGIN:
        return True
    return False if others >= found[language] + MARGIN else None
