"""The part of an embedder in a comparison: a vector of every answer, and how near those of A and a candidate are."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from scorecards import statistics
from scorecards.compare import cells, embeddings
from scorecards.compare.answers import Answers
from scorecards.compare.cells import Cell, Plan, Record
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json, digits
from scorecards.exchanges import Ask, AskKind, Exchange, Outcome

LEAST = 10
"""So many of the prompts whose answers are least alike are named."""
NOTE = "Similarity finds answers to read and is never correctness: a wrong answer may be as near as a paraphrase."


@dataclass(frozen=True, slots=True)
class Embedding:
    """Embedding what was answered. Repeat i of its cells is the first answer of the i-th endpoint.

    Attributes:
        name: Of its cells.
    """

    plan: Plan
    name: str
    answers: Answers

    def cells(self) -> Iterator[Cell]:
        """Yield every request: A's answer beside those of candidates, where there is anything in both."""
        for prompt in self.plan.prompts:
            baseline, *others = [self.answers.get((ref, prompt.id), "") for ref in self.plan.endpoints]
            places = [place for place, answer in enumerate(others, start=1) if answer and baseline]
            yield from (Cell(prompt.id, self.name, place) for place in ([0, *places] if places else ()))

    def ask(self, cell: Cell, temperature: Decimal | None) -> Ask:  # noqa: ARG002 - as every duty
        """Return the request of a cell."""
        text = self.answers[self.plan.endpoints[cell.repeat], cell.prompt]
        return Ask(AskKind.EMBED, text=text, max_output_tokens=0, role=f"{cell.prompt}#{cell.repeat}")

    def record(self, cell: Cell, exchange: Exchange, cost_usd: Decimal | None) -> Record:
        """Return what became of a cell; its text is the vector as JSON."""
        return cells.record(cell, Prompt(cell.prompt, ""), exchange, cost_usd)

    def documents(self, ref: str, records: Iterable[Record], developers: Mapping[str, str]) -> dict[str, Json]:  # noqa: ARG002
        """Return how near each candidate's answers are to A's, by the candidate's ref. It is part of no verdict.

        Args:
            ref: The embedder's endpoint.
            records: Those of no cell of the embedder are left.
            developers: As every reader's.
        """
        mine = (one for one in records if one.cell.endpoint == self.name and one.outcome is Outcome.OK)
        vectors = {one.cell: one.text for one in mine}
        due = set(self.cells())
        return {
            candidate: {"endpoint": ref, **self._near(place, due, vectors), "note": NOTE}
            for place, candidate in enumerate(self.plan.endpoints[1:], start=1)
        }

    def _near(self, place: int, due: set[Cell], vectors: Mapping[Cell, str]) -> Json:
        pairs = [(Cell(one.id, self.name, 0), Cell(one.id, self.name, place)) for one in self.plan.prompts]
        wanted = [(a, b) for a, b in pairs if b in due]
        found = {a.prompt: _cosine(vectors[a], vectors[b]) for a, b in wanted if a in vectors and b in vectors}
        near = {prompt: cosine for prompt, cosine in found.items() if cosine is not None}
        ranks = statistics.percentiles([*near.values()])
        return {
            "n": len(near),
            "not_embedded": len(wanted) - len(near),
            "p5": digits(ranks["p5"]),
            "p50": digits(ranks["p50"]),
            "least_similar": [
                {"prompt": prompt, "cosine": digits(near[prompt])}
                for prompt in sorted(near, key=near.__getitem__)[:LEAST]
            ],
        }


def _cosine(one: str, other: str) -> Decimal | None:
    """Return the cosine of two vectors; None where there is none, and where two models made them."""
    a, b = json.loads(one), json.loads(other)
    return embeddings.cosine(a, b) if len(a) == len(b) else None
