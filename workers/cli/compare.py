"""pellucid compare: the same prompts to several endpoints, and what came of it."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from scorecards.compare import duties, importers, paired, promptfoo, report
from scorecards.compare.candidate import Method
from scorecards.compare.duties import Part
from scorecards.compare.order import MAX_OUTPUT_TOKENS
from service import comparison_order, comparison_shown
from service.comparison_order import Asked
from service.reports import html_file
from service.store import comparisons, db
from service.store.comparisons import Comparison
from service.store.errors import NotAccepted
from workers import jobs
from workers.cli import _shared
from workers.cli._opened import opened
from workers.context import Context

BY = "command line"
POLL_S = 0.5


@click.command()
@click.argument("endpoints", nargs=-1)
@click.option(
    "--prompts", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON Lines or promptfoo YAML."
)
@click.option("--set", "sets", multiple=True, help="An evaluation set; repeat for more.")
@click.option("--per-set", type=int, help="At most so many questions of each set.")
@click.option("--repeats-a", type=int, default=2, show_default=True, help="How often A gets each prompt.")
@click.option("--repeats", type=int, default=1, show_default=True, help="How often the others do.")
@click.option(
    "--margin", type=_shared.DECIMAL, default=str(paired.MARGIN), show_default=True, help="What does not matter."
)
@click.option("--max-output-tokens", type=int, default=MAX_OUTPUT_TOKENS, show_default=True)
@click.option("--cap-usd", type=_shared.DECIMAL, help="Most that all of it may cost.")
@click.option("--cap-tokens", type=int, help="Most tokens; wanted where no price is held.")
@click.option("--seed", default="", help="The same seed gives the same intervals.")
@click.option("--judge", metavar="REF", help="An endpoint that says which answer is better; it is in no verdict.")
@click.option("--embedder", metavar="REF", help="An endpoint that makes vectors of the answers; it is in no verdict.")
@click.option(
    "--results",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Instead: results of promptfoo or Inspect.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for report, outputs and promptfoo file."
)
@click.option("--json", "as_json", is_flag=True)
def COMMAND(  # noqa: N802 - the name that the folder gathers
    endpoints: tuple[str, ...],
    prompts: Path | None,
    results: tuple[Path, ...],
    out: Path | None,
    as_json: bool,  # noqa: FBT001 - click passes flags
    **asked: Any,  # noqa: ANN401 - what click passes
) -> None:
    """Compare what ENDPOINTS answer to the same prompts; the first one is A, the one in use.

    Prompts of your own go only to models on this machine and to endpoints that PELLUCID_PROMPTS_TO names.
    """
    if results:
        document, files = _imported(results, asked)
        show(document, out, files, as_json=as_json)
        return
    file = (prompts.read_bytes(), prompts.name) if prompts else None
    with opened() as context:
        one = _ordered(context, Asked(endpoints, file=file, **asked))
        one = run(context, one)
        files = written(context, one) if out else {}
    show(one.report or {}, out, files, as_json=as_json)
    if one.state != "done":
        raise _shared.Failed(f"{one.id}: {one.state}, {one.reason}; what came before is kept")


def _imported(results: tuple[Path, ...], asked: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, str]]:
    plan, records = importers.merge([importers.parse(path.read_bytes(), path.name) for path in results])
    document = report.build(plan, records, Method(asked["seed"] or "imported", asked["margin"]))
    return document, {"report.html": html_file.render(document, plan, records, "")}


def _ordered(context: Context, asked: Asked) -> Comparison:
    try:
        with db.write(context.engine) as session:
            order = comparison_order.order(session, asked, context.settings)
            return comparisons.create(session, order, BY, context.clock())
    except NotAccepted as error:
        raise _shared.Failed(str(error)) from error


def run(context: Context, one: Comparison) -> Comparison:
    """Do the jobs of a comparison in this process until its report is written, and return it as it is then.

    A service that runs beside takes its part. On Ctrl-C the comparison is cancelled, and what came is reported.
    """
    with ThreadPoolExecutor(1) as pool, _shared.progresses("") as begin:
        bars = {part: begin(part.name) for part in duties.parts(one.order)}
        working = pool.submit(_work, context, one.id)
        try:
            while not working.done():
                _advance(context, one, bars)
                wait([working], POLL_S)
        except KeyboardInterrupt:
            with db.write(context.engine) as session:
                comparisons.end(session, one.id, "cancelled", "somebody pressed Ctrl-C", context.clock())
        return working.result()


def _work(context: Context, key: str) -> Comparison:
    while True:
        with db.read(context.engine) as session:
            one = comparisons.get(session, key)
            due = comparisons.jobs_of(session, one)
        if one.report is not None:
            return one
        if not any(jobs.run(context, job) for job in due):
            time.sleep(POLL_S)


def _advance(context: Context, one: Comparison, bars: Mapping[Part, Callable[[int, int], None]]) -> None:
    with db.read(context.engine) as session:
        states = comparisons.progress(session, one.id)
    for part, shown in bars.items():
        shown(sum(states.get(part.name, {}).values()), part.cells)


def written(context: Context, one: Comparison) -> dict[str, str]:
    """Return the files of a comparison by name: its report for people, every output, its prompts for promptfoo."""
    with db.read(context.engine) as session:
        records = comparisons.records(session, one.id)
    outputs = (comparison_shown.outputs(one, prompt.id, records) for prompt in one.order.plan.prompts)
    return {
        "report.html": html_file.render(one.report or {}, one.order.plan, records, one.order.name),
        "outputs.jsonl": "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in outputs),
        "promptfooconfig.yaml": promptfoo.export(one.order.plan.prompts, one.order.plan.endpoints),
    }


def show(document: Mapping[str, Any], out: Path | None, files: Mapping[str, str], *, as_json: bool) -> None:
    """Print a report, and write it with its files into a folder where one is named; what was left out is told."""
    for one in document["prompts"]["left_out"]:
        click.echo(f"row {one['row']} is left out: wants {one['wanted']}, has {one['found']}", err=True)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        whole = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        for name, text in {"report.json": whole, **files}.items():
            (out / name).write_text(text, encoding="utf-8")
    if as_json:
        _shared.print_json(document)
        return
    _shared.out.print(_rates(document), _differences(document), *_judgements(document), *_similarities(document))
    if out is not None:
        click.echo(f"written to {out}: report.json{''.join(f', {name}' for name in files)}")


def _rates(document: Mapping[str, Any]) -> Table:
    table = Table("endpoint", "passed", "95 %", "n", "not answered", "TTFT p50 ms", "USD", title="Each by itself")
    for one in document["endpoints"]:
        rate = one["pass_rate"] or {}
        table.add_row(
            one["ref"],
            _percent(rate.get("value")),
            f"{_percent(rate.get('low'))} to {_percent(rate.get('high'))}",
            str(rate.get("n", 0)),
            str(sum(one["unanswered"].values())),
            one["ttft_ms"]["p50"] or "–",
            one["cost_usd"]["total"] or "–",
        )
    return table


def _differences(document: Mapping[str, Any]) -> Table:
    table = Table("candidate", "difference", "95 %", "n", "says", "breaks", title=f"Beside {document['baseline']}")
    for one in document["candidates"]:
        quality = one["quality"]
        kinds = ", ".join(f"{count} {kind}" for kind, count in one["breaks_by_kind"].items())
        ends = f"{_points(quality.get('low'))} to {_points(quality.get('high'))}"
        table.add_row(
            one["endpoint"],
            _points(quality.get("difference")),
            ends,
            str(quality.get("n", 0)),
            quality["verdict"],
            kinds or "none",
        )
    return table


def _judgements(document: Mapping[str, Any]) -> Iterator[Table | str]:
    """Yield what a judge said, with a warning where it may prefer its own; nothing without a judge."""
    judged = {one["endpoint"]: one["judge"] for one in document["candidates"] if "judge" in one}
    if not judged:
        return
    [ref] = {one["endpoint"] for one in judged.values()}
    table = Table(
        "candidate",
        "A",
        "B",
        "tie",
        "flipped",
        "unread",
        "B preferred",
        "95 %",
        title=escape(f"{ref} judges; in no verdict"),
    )
    for candidate, one in judged.items():
        counts = [str(one[name]) for name in ("a", "b", "tie", "flipped", "unread")]
        share = one["b_preferred"] or {}
        ends = f"{_percent(share.get('low'))} to {_percent(share.get('high'))}"
        table.add_row(escape(candidate), *counts, _percent(share.get("value")), ends)
    yield table
    yield from dict.fromkeys(escape(warning) for one in judged.values() for warning in one["self_preference"])


def _similarities(document: Mapping[str, Any]) -> Iterator[Table | str]:
    """Yield how near the answers are by their vectors; nothing without an embedder."""
    near = {one["endpoint"]: one["similarity"] for one in document["candidates"] if "similarity" in one}
    if not near:
        return
    table = Table("candidate", "cosine p5", "p50", "n", "least similar", title="Similarity of answers; in no verdict")
    for candidate, one in near.items():
        least = escape(", ".join(each["prompt"] for each in one["least_similar"][:3]))
        table.add_row(escape(candidate), one["p5"] or "–", one["p50"] or "–", str(one["n"]), least or "–")
    yield table
    yield next(iter(near.values()))["note"]


def _percent(share: str | None) -> str:
    return "–" if share is None else f"{Decimal(share) * 100:.1f} %"


def _points(difference: str | None) -> str:
    return "–" if difference is None else f"{Decimal(difference) * 100:+.1f}"
