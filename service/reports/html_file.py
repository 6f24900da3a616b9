"""A report as one file that needs nothing else: what the pages show, with its style inside and no scripts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scorecards.compare.cells import Plan, Record
from service.reports import comparison, figures, outputs
from service.reports.outputs import PromptView

STATIC = Path(__file__).parents[1] / "pages" / "static"
STYLES = ("pellucid.css", "comparisons.css")
_TEMPLATES = Environment(loader=PackageLoader("service", "pages/templates"), autoescape=True, undefined=StrictUndefined)


def render(document: Mapping[str, Any], plan: Plan, records: Sequence[Record], name: str) -> str:
    """Return the report of a comparison with all its outputs, each cut at LONGEST_OUTPUT characters."""
    anchors = {one.id: f"#prompt-{place}" for place, one in enumerate(plan.prompts, start=1)}
    style = "".join((STATIC / one).read_text(encoding="utf-8") for one in STYLES)
    return _TEMPLATES.get_template("comparison_file.html").render(
        title=figures.title(name, plan.endpoints),
        # Our own files, which hold no markup.
        style=Markup(style),  # noqa: S704
        report=comparison.view(document, lambda prompt: anchors[prompt], {}),
        prompts=_prompts(plan, records),
    )


def _prompts(plan: Plan, records: Sequence[Record]) -> list[PromptView]:
    by_prompt: defaultdict[str, list[Record]] = defaultdict(list)
    for one in records:
        by_prompt[one.cell.prompt].append(one)
    return [outputs.view(one, plan.endpoints, by_prompt[one.id]) for one in plan.prompts]
