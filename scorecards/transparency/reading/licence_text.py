"""Reads a document that is a licence: which one, and whether it is the model's or the code's."""

import re
from collections.abc import Iterator

from scorecards.transparency import licences
from scorecards.transparency.reading.find import Candidate

_FILE = re.compile(r"^(?:licen[cs]e|copying|terms)", re.IGNORECASE)
_CODE = re.compile(r"(?:^|[^a-z])code(?:[^a-z]|$)", re.IGNORECASE)
_TITLE = re.compile(
    r"^[ \t\ufeff#*=]*(?P<title>(?=[^\n|<]{3,100}$)(?![^\n]*(?:\bis\b|\bare\b|\bunder\b|[.。]\s*$))"
    r"[^\n]*(?:\blicen[cs]e\b|\bagreement\b|\bterms of use\b|许可协议|许可证|协议)[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
"""A short line of its own that names a licence and is no sentence."""

_OF_A_MODEL = re.compile(
    r"\b(?:model weights?|the model\b|model derivatives|trained model|models?\"|materials\"|learnt? weights"
    r"|checkpoints?)|模型",
    re.IGNORECASE,
)
SAYS = ("licence_restrictions", "prohibited_use", "release_date", "contact")
"""What else a licence can say about a model; its definitions speak of training data and distillation in general."""


IS = ("weights_licence", "code_licence")


def is_licence(file: str) -> bool:
    """Tell by its name whether a file is a licence."""
    return bool(_FILE.match(file))


def begins(source: str) -> int:
    """Return where the licence begins: at its title. What stands before is not part of it."""
    found = _TITLE.search(source[:8_000])
    return found.start() if found else 0


def candidates(source: str, file: str, first: int, *, of_weights: bool) -> Iterator[Candidate]:
    """Yield the licence that this file is.

    Args:
        first: Where in the source its text begins.
        of_weights: Whether the file lies beside the weights; a common licence elsewhere covers the repository, and
            whether that means the weights is only implied.
    """
    text = source[first:]
    recognised = licences.recognised(text)
    title = _TITLE.match(text)
    if recognised is not None:
        name, start, end = recognised
    elif title is not None:
        name, (start, end) = licences.normalised(title["title"].strip(" #*")), title.span("title")
    else:
        return
    is_code = bool(_CODE.search(file))
    names_model = recognised is None and bool(_OF_A_MODEL.search(text))
    start, end = first + start, first + end
    quantity = "code_licence" if is_code else "weights_licence"
    known = is_code or of_weights or names_model
    note = (
        "the whole text of the licence" if known else "the licence of the repository; not said that it is the weights'"
    )
    yield Candidate(quantity, "known" if known else "partial", name[:120], "", 3, 0, start, end, "licence-text", note)
    if recognised is not None and not is_code and not of_weights:
        yield Candidate(
            "code_licence", "known", name, "", 3, 0, start, end, "licence-text", "the whole text of the licence"
        )
