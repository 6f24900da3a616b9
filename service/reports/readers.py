"""What a judge and an embedder say of a candidate's answers beside A's; it is part of no verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.reports import figures

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReaderView:
    """What one reader says.

    Attributes:
        said: Sentences, each number with its n and range.
        prompts: Prompts to read first, with what was found there and where their outputs are.
    """

    title: str
    ref: str
    said: list[str]
    prompts: list[tuple[str, str, str]]


def views(side: Json, letter: str, links: Mapping[str, str]) -> list[ReaderView]:
    """Return what those who read the answers say; [] where nobody did."""
    return [view(side[title], letter, links) for title, view in READERS.items() if title in side]


def _judge(found: Json, letter: str, links: Mapping[str, str]) -> ReaderView:
    names = {"A": found["a"], letter: found["b"], "neither": found["tie"]}
    preferred = ", ".join(f"{who} {count}" for who, count in names.items())
    silent = f"same place in both orders {found['flipped']}, nobody named {found['unread']}"
    said = [
        f"Of {found['n']} prompts, asked in both orders, it prefers: {preferred}; {silent}.",
        f"{letter} was preferred in {_share(found['b_preferred'])}.",
        f"It flipped in {_share(found['flip_rate'])}.",
        f"{found['not_asked']} pairs were not judged." if found["not_asked"] else "",
        *found["self_preference"],
    ]
    return ReaderView("Judged", figures.visible(found["endpoint"]), [one for one in said if one], [])


def _share(found: Json | None) -> str:
    if found is None:
        return "no pair that tells"
    ends = figures.span(figures.percent(found["low"]), figures.percent(found["high"]))
    return f"{figures.percent(found['value'])} ({ends}, n\u00a0{found['n']})"


def _similarity(found: Json, letter: str, links: Mapping[str, str]) -> ReaderView:
    cosines = f"cosine p50 {found['p50'] or figures.NOT_MEASURED}, p5 {found['p5'] or figures.NOT_MEASURED}"
    said = [
        f"Answers of A and {letter}: {cosines}, n\u00a0{found['n']}.",
        f"{found['not_embedded']} pairs have no vectors." if found["not_embedded"] else "",
        found["note"],
    ]
    least = [
        (figures.visible(one["prompt"]), one["cosine"], links[one["prompt"]])
        for one in found["least_similar"]
        if one["prompt"] in links
    ]
    return ReaderView("Similarity", figures.visible(found["endpoint"]), [one for one in said if one], least)


READERS: Mapping[str, Callable[[Json, str, Mapping[str, str]], ReaderView]] = {
    "judge": _judge,
    "similarity": _similarity,
}
"""What a document calls a reader → how it is shown."""
