"""A report as one file that needs nothing else: what the pages show, with its style inside and no scripts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scorecards.compare.cells import Plan, Record
from scorecards.compare.prompt_rows import Prompt
from service.reports import comparison, figures, outputs
from service.reports.outputs import PromptView

STATIC = Path(__file__).parents[1] / "pages" / "static"
STYLES = ("pellucid.css", "comparisons.css")
_TEMPLATES = Environment(loader=PackageLoader("service", "pages/templates"), autoescape=True, undefined=StrictUndefined)


MOST_PROMPTS = 500
"""So many prompts have their outputs in the file, those that break before others: a browser has to hold it."""


def render(document: Mapping[str, Any], plan: Plan, records: Sequence[Record], name: str) -> str:
    """Return the report of a comparison with its outputs, of at most MOST_PROMPTS, each cut at LONGEST_OUTPUT."""
    chosen = _chosen(document, plan)
    anchors = {one.id: f"#prompt-{place}" for place, one in enumerate(chosen, start=1)}
    style = "".join((STATIC / one).read_text(encoding="utf-8") for one in STYLES)
    return _TEMPLATES.get_template("comparison_file.html").render(
        title=figures.title(name, plan.endpoints),
        # Our own files, which hold no markup.
        style=Markup(style),  # noqa: S704
        report=comparison.view(document, lambda prompt: anchors.get(prompt, ""), {}),
        prompts=_prompts(plan, chosen, records),
    )


def _chosen(document: Mapping[str, Any], plan: Plan) -> list[Prompt]:
    """Return the prompts whose outputs are in the file, in the order of the plan."""
    broken = {each["prompt"] for side in document["candidates"] for each in side["breaks"]}
    first = sorted(plan.prompts, key=lambda one: one.id not in broken)[:MOST_PROMPTS]
    ids = {one.id for one in first}
    return [one for one in plan.prompts if one.id in ids]


def _prompts(plan: Plan, chosen: Sequence[Prompt], records: Sequence[Record]) -> list[PromptView]:
    by_prompt: defaultdict[str, list[Record]] = defaultdict(list)
    for one in records:
        by_prompt[one.cell.prompt].append(one)
    return [outputs.view(one, plan.endpoints, by_prompt[one.id]) for one in chosen]
