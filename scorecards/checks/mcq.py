"""Multiple choice: the letter that is given as the answer, in whatever dress; a letter that merely occurs is none."""

import re
import unicodedata
from collections.abc import Iterator
from string import ascii_uppercase

from scorecards.checks._check import CUE, DECLINED, IS, TEXTS, Answer, Check, Score, declines, is_text, only, plain
from scorecards.evalsets import Item

OPEN, CLOSE = r"[\s*(\[{<\"'“‘【「『]*", r"[\s)\]}>\"'”’】」』.,:;!?、。，：；！*]*"
NOUN = r"(?:(?:the )?(?:option|choice|letter|选项|第)\s*)?"
ENGLISH = rf"(?:answer|choice|option|correct|best|response)\b[^\n.,;:]{{0,30}}?{IS}"
CHINESE = r"(?:答案|选项|正确的?|答|应选|故选|因此选|所以选|我选|选择|选|而是)(?:是|为|应为|应该是|：|:|\s)*"
DECIDES = r"(?:so|thus|hence|therefore|choose|pick|select|go with|it is|it['’]s|所以|因此)"
PRAISE = "(?:the )?(?:correct|right|best|true|answer|正确)"
DENIES = re.compile(r"\b(?:not|never|neither|nor|cannot|isn t|aren t|wasn t)\b|不|非")
JOINS = re.compile(r"\b(?:or|and|option)\b", re.IGNORECASE)
CHOSEN = r"(?<![A-Za-z])({letters}(?:\s*(?:or|and|or option|/|&|或者?|和|与|、)\s*{letters})*)(?![A-Za-z'’])"


def _put(item: Item) -> str:
    lines = [f"{letter}. {choice}" for letter, choice in zip(ascii_uppercase, item.fields["choices"], strict=False)]
    return "\n".join([*_context(item), item.prompt, *lines, "", only(item, "letter")])


def _context(item: Item) -> list[str]:
    return [str(item.fields["context"]), ""] if item.fields.get("context") else []


def _judge(item: Item, answer: Answer) -> Score:
    choices = [str(one) for one in item.fields["choices"]]
    letters = ascii_uppercase[: len(choices)]
    wanted = set(re.findall("[A-Z]", item.answer))
    text = _tight(unicodedata.normalize("NFKC", plain(answer.text)).strip())
    said = next(filter(None, _readings(text, letters, several=len(wanted) > 1)), None)
    if said is None:
        said = _in_words(text, choices)
    if not said:
        return Score.unscored(DECLINED if declines(answer.text) else "names no choice")
    beside = {_words_beside(text, one, choices) for one in said} - {""} if len(said) == 1 else said
    if not beside <= said and wanted <= said | beside:
        return Score.unscored(f"the letter {min(said)} with the words of {min(beside)}")
    return Score.of(" ".join(sorted(said)), right=said == wanted)


def _tight(text: str) -> str:
    """Return a text without runs of space: on those the patterns here would take time by the square."""
    return re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", text))


def _readings(text: str, letters: str, *, several: bool) -> Iterator[set[str]]:
    """Yield what each way of giving an answer finds, the surest first; an empty set where it finds nothing."""
    one = f"[{letters}]"
    group = rf"({one}(?:[\s,、，;和与]*(?:and\s+)?{one})*)" if several else CHOSEN.format(letters=one)
    yield _last(rf"^{OPEN}{NOUN}{OPEN}{group}{CLOSE}$", text)
    yield _last(rf"(?:{ENGLISH}|{CHINESE}|{CUE}{IS}){OPEN}{NOUN}{OPEN}(?-i:{group})(?!\s+(?:is|are)\s+not\b)", text)
    yield _last(rf"(?:{ENGLISH}|{CUE}{IS})\s*{OPEN}([{letters.lower()}])(?:[).]|\s*$|[.,]\s)", text)
    yield _last(
        rf"(?:^|\n|\boption |\bchoice |选项){OPEN}(?-i:({one}))(?:选项)?\s*(?:是对的|(?:is|为|是)\s*{PRAISE})",
        text,
    )
    yield _leading(text, one)
    yield _last(rf"{DECIDES}[\s,:，]*{NOUN}{OPEN}(?-i:{group}){CLOSE}$", text)
    yield _last(rf"\n{OPEN}{NOUN}{OPEN}(?-i:{group}){CLOSE}$", text)


def _last(pattern: str, text: str) -> set[str]:
    """Return the letters of the last match."""
    found = [match[1] for match in re.finditer(pattern, text, re.IGNORECASE)]
    return set(JOINS.sub("", found[-1]).upper()) & set(ascii_uppercase) if found else set()


def _leading(text: str, one: str) -> set[str]:
    """Return the letter that a text begins with as a marker, unless it goes through the choices one by one."""
    starts = {found[1] for found in re.finditer(rf"^{OPEN}({one})\s*[.):、:]", text, re.MULTILINE)}
    begins = re.match(rf"{OPEN}({one})(?:\s*[.):、:,。]|\s*\n|\s+(?:-|–|—|because|since|因为))", text)
    return {begins[1]} if begins and starts <= {begins[1]} else set()


def _in_words(text: str, choices: list[str]) -> set[str]:
    """Return the letter of the one choice whose words stand in the text; {} when none or several do, or it is denied.

    Of two choices that share their words the longer is meant.
    """
    flat = _flat(text)
    words = {letter: _flat(choice) for letter, choice in zip(ascii_uppercase, choices, strict=False)}
    found = {letter: one for letter, one in words.items() if _holds(flat, one)}
    longest = {
        one for one, said in found.items() if not any(said != other and said in other for other in found.values())
    }
    denied = any(DENIES.search(flat.replace(found[one], "")) for one in longest)
    return longest if len(longest) == 1 and not denied else set()


def _words_beside(text: str, letter: str, choices: list[str]) -> str:
    """Return the letter of the choice whose words follow a letter where it stands last; "" when no choice's do."""
    beside = re.findall(rf"(?<![A-Za-z]){letter}[\s)\]*]*[.:、,]?[\s*]*([^\n]+)", text)
    words = {_flat(choice): one for one, choice in zip(ascii_uppercase, choices, strict=False) if _flat(choice)}
    begun = [said for said in words if beside and re.match(rf"{re.escape(said)}(?!\w)", _flat(beside[-1]))]
    return words[max(begun, key=len)] if begun else ""


def _flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def _holds(text: str, words: str) -> bool:
    edge = r"(?<!\w){}(?!\w)" if words.isascii() else "{}"
    return bool(words) and re.search(edge.format(re.escape(words)), text) is not None


CHECK = Check(
    needs={"choices": TEXTS, "answer": ("a letter", lambda value: is_text(value) and value[0].isupper())},
    put=_put,
    judge=_judge,
)
