"""What each endpoint answered to each prompt, as a judge reads it."""

from collections.abc import Iterable, Mapping

from scorecards import checks
from scorecards.compare.cells import Plan, Record

Answers = Mapping[tuple[str, str], str]
"""Endpoint and prompt → its first answer; where none came there is nothing, and "" is an empty answer."""


def first_answers(plan: Plan, records: Iterable[Record]) -> Answers:
    """Return the first answer of each endpoint of a plan to each prompt, whatever order its records are in."""
    mine = [one for one in records if one.cell.endpoint in plan.endpoints and one.answered]
    found: dict[tuple[str, str], str] = {}
    for one in sorted(mine, key=lambda one: one.cell.repeat):
        found.setdefault((one.cell.endpoint, one.cell.prompt), said(one))
    return found


def said(record: Record) -> str:
    """Return an answer without what was thought, with the calls of tools in lines below it."""
    calls = [f"{one.name}({one.arguments})" for one in record.tool_calls]
    return "\n".join(filter(None, (checks.spoken(record.text), *calls)))
