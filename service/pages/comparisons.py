"""Comparisons for whoever is signed in: the list, the form that starts one, its report, and outputs side by side."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from scorecards import evalset_files
from scorecards.catalog import Endpoint
from scorecards.compare import promptfoo
from scorecards.compare.candidate import SLICES
from scorecards.compare.prompt_rows import Prompt
from service import comparison_order, comparison_shown, drills
from service.pages import comparison_form, comparison_progress, formats, signing_in
from service.pages.signing_in import private, reader, signed_in
from service.queue import Task
from service.reports import comparison, html_file, outputs
from service.reports.comparison import Stretch
from service.store import catalog, comparisons
from service.store.comparisons import Comparison
from service.store.errors import NotAccepted

LISTED, ROWS = 50, 50
"""Comparisons on a page of the list, and prompts on a page of a report."""
NO_COMPARISON = "no comparison of that id is held here, or it was deleted"
NO_PROMPT = "no prompt of that id is in this comparison"

BLUEPRINT = Blueprint("comparisons", __name__, url_prefix="/console/comparisons")


@BLUEPRINT.get("")
@signed_in
def index() -> Response:
    """Show comparisons, newest first, and the form that starts one."""
    return _index(MultiDict(request.args.items(multi=True)), {})


@BLUEPRINT.post("")
@signed_in
def start() -> Response:
    """Start a comparison, or show the form again with what is wrong beside each field."""
    service = current_app.extensions["pellucid"]
    try:
        asked = comparison_form.asked(request.form)
        with service.writing() as session:
            order = comparison_order.order(session, asked, service.settings)
            made = comparisons.create(session, order, reader().id, service.clock())
    except NotAccepted as error:
        return _index(request.form, error.problems)
    service.enqueue(Task.SWEEP.value)
    return private(redirect(comparison_progress.address(made.id), HTTPStatus.SEE_OTHER))


@BLUEPRINT.get("/<comparison_id>")
@signed_in
def show(comparison_id: str) -> Response:
    """Show one comparison: how far it came, and its report once that is written."""
    with _session() as session:
        one = _held(session, comparison_id)
        states = comparisons.progress(session, comparison_id)
        drill = drills.document(one) if one.order.app is not None else None
        pack = list(drills.files(session, one)) if drill else []
    view = comparison_progress.view(one, states, _now())
    report = comparison.view(one.report, _linked(one, _filters()), request.args, _stretch()) if one.report else None
    prompts = [] if report else [(each.id, _linked(one, {})(each.id)) for each in one.order.plan.prompts[:ROWS]]
    return signing_in.page("comparison.html", view=view, report=report, prompts=prompts, drill=drill, pack=pack)


@BLUEPRINT.post("/<comparison_id>/cancel")
@signed_in
def cancel(comparison_id: str) -> Response:
    """Ask nothing more; what came so far stays, and is reported."""
    service = current_app.extensions["pellucid"]
    with service.writing() as session:
        _held(session, comparison_id)
        comparisons.end(session, comparison_id, "cancelled", f"cancelled by {reader().id}", service.clock())
    service.enqueue(Task.SWEEP.value)
    return private(redirect(comparison_progress.address(comparison_id), HTTPStatus.SEE_OTHER))


@BLUEPRINT.get("/<comparison_id>/prompts/<path:prompt>")
@signed_in
def show_prompt(comparison_id: str, prompt: str) -> Response:
    """Show what every endpoint answered to one prompt, side by side."""
    with _session() as session:
        one = _held(session, comparison_id)
        records = comparisons.records(session, comparison_id, prompt)
    on = _filters()
    left = [each for each in one.order.plan.prompts if all(SLICES[by](each) == name for by, name in on.items())]
    place = next((at for at, each in enumerate(left) if each.id == prompt), None)
    if place is None:
        return _missing(prompt, NO_PROMPT)
    return signing_in.page(
        "comparison_prompt.html",
        view=comparison_progress.view(one, {}, _now()),
        prompt=outputs.view(left[place], one.order.plan.endpoints, records),
        place=place + 1,
        of=len(left),
        filters=on,
        back=f"{comparison_progress.address(one.id)}{formats.asked(on)}",
        before=_href(one, left, place - 1, on),
        after=_href(one, left, place + 1, on),
        whole=f"{comparison_progress.address(one.id)}/outputs/{formats.query(prompt)}",
    )


def _href(one: Comparison, left: Sequence[Prompt], place: int, on: Mapping[str, str]) -> str | None:
    return _linked(one, on)(left[place].id) if 0 <= place < len(left) else None


@BLUEPRINT.get("/<comparison_id>/outputs/<path:prompt>")
@signed_in
def show_outputs(comparison_id: str, prompt: str) -> Response:
    """Return the same whole, as JSON."""
    with _session() as session:
        try:
            one = comparisons.get(session, comparison_id)
            found = comparison_shown.outputs(one, prompt, comparisons.records(session, comparison_id, prompt))
        except LookupError:
            return _missing(prompt, NO_PROMPT)
    return _download(json.dumps(found, ensure_ascii=False, indent=2), "application/json", "")


@BLUEPRINT.get("/<comparison_id>/files/<name>")
@signed_in
def download(comparison_id: str, name: str) -> Response:
    """Return the report as a file."""
    with _session() as session:
        one = _held(session, comparison_id)
        packed = drills.files(session, one) if one.order.app is not None else {}
        if name in packed:
            return _download(packed[name], "text/plain", name)
        if name not in FILES or one.report is None:
            return _missing(name, "no such file is made of this comparison, or its report is not written yet")
        media_type, made = FILES[name]
        return _download(made(session, one), media_type, name)


def _report_html(session: Session, one: Comparison) -> str:
    found = comparisons.records(session, one.id)
    return html_file.render(one.report or {}, one.order.plan, found, one.order.name)


FILES: Mapping[str, tuple[str, Callable[[Session, Comparison], str]]] = {
    "report.html": ("text/html", _report_html),
    "report.json": ("application/json", lambda _, one: json.dumps(one.report, ensure_ascii=False, indent=2)),
    "promptfooconfig.yaml": (
        "application/yaml",
        lambda _, one: promptfoo.export(one.order.plan.prompts, one.order.plan.endpoints),
    ),
}
"""Name of a file → its type and how it is made."""


def _index(typed: MultiDict[str, str], problems: Mapping[str, str]) -> Response:
    service = current_app.extensions["pellucid"]
    after = request.args.get("after", "")
    with _session() as session:
        rows = comparisons.page(session, after=after, limit=LISTED + 1)
        shown = [
            comparison_progress.listed(
                one, comparisons.progress(session, one.id) if one.state in comparisons.OPEN else {}, _now()
            )
            for one in rows[:LISTED]
        ]
        offered = catalog.page(session, Endpoint)
    form = comparison_form.view(offered, evalset_files.all_sets(service.settings.sets_dir), typed, problems)
    older = f"?after={formats.query(rows[LISTED - 1].id)}" if len(rows) > LISTED else None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return signing_in.page("comparisons.html", status, rows=shown, form=form, older=older, is_first=not after)


def _filters() -> dict[str, str]:
    return {by: request.args[by] for by in SLICES if request.args.get(by)}


def _stretch() -> Stretch:
    first = request.args.get("from", "")
    return Stretch(int(first) if first.isascii() and first.isdigit() and len(first) < 9 else 0, ROWS)  # noqa: PLR2004


def _linked(one: Comparison, on: Mapping[str, str]) -> Callable[[str], str]:
    """Return what makes the addresses of its prompts, which keep the filters."""
    return lambda prompt: f"{comparison_progress.address(one.id)}/prompts/{formats.query(prompt)}{formats.asked(on)}"


def _download(text: str, media_type: str, name: str) -> Response:
    answer = private(make_response(text))
    answer.mimetype = media_type
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _held(session: Session, key: str) -> Comparison:
    """Return a comparison, or end the request with the page that says that there is none."""
    try:
        return comparisons.get(session, key)
    except LookupError:
        abort(_missing(key, NO_COMPARISON))


def _missing(ref: str, why: str) -> Response:
    text = render_template("missing.html", title="Not here", ref=ref, why=why)
    return private(make_response(text, HTTPStatus.NOT_FOUND))


def _session() -> AbstractContextManager[Session]:
    opened: AbstractContextManager[Session] = current_app.extensions["pellucid"].session()
    return opened


def _now() -> datetime:
    return datetime.now(UTC)
