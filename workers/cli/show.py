"""pellucid show: a model's card in the terminal."""

from typing import Any

import click
from rich.table import Column, Table
from rich.text import Text

from scorecards import views
from service.store import cards, db
from workers.cli import _opened, _shared
from workers.cli.score import known_model

BAR_CELLS = 20
MARKS = {
    "verified": "✔",
    "disclosed": "■",
    "partial": "◧",
    "claimed": "▨",
    "absent": "□",
    "contradicted": "⚡",
    "unchecked": "·",
    "not_applicable": "–",
}


@click.command()
@click.argument("model")
@click.option("--view", type=click.Choice(list(views.load())), help="What the card says by another rubric.")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(model: str, view: str | None, as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Show the card of MODEL as it is published now."""
    with _opened.opened() as context:
        known_model(context, model)
        with db.read(context.engine) as session:
            published = cards.latest(session, model)
    if published is None:
        raise _shared.Failed(f"{model}: wants a published card, has none yet; `pellucid score {model}` makes one")
    shown = views.render(views.named(view), published.card) if view else published.card
    if as_json:
        _shared.print_json({"card" if view else "id": published.card_id, **shown})
    elif view:
        _print_view(shown, published.card_id)
    else:
        _print(published.card, published.card_id)


def _print(card: dict[str, Any], card_id: str) -> None:
    model = card["model"]
    developer = model["developer"]
    _shared.out.print(Text(f"{model['name']}  ({developer['name']}, {developer['jurisdiction']})", style="bold"))
    _shared.out.print(Text(f"{card_id}\nnumber {card['sequence']}, as of {card['as_of']}", style="dim"))
    _shared.out.print(_pillars(card["pillars"]))
    _shared.out.print(_verdicts(card["verdicts"]))
    for endpoint in card["endpoints"]:
        _shared.out.print(_endpoint(endpoint))


def _print_view(view: dict[str, Any], card_id: str) -> None:
    _shared.out.print(Text(view["title"], style="bold"))
    _shared.out.print(Text(f"{view['attribution']}\nfrom card {card_id}", style="dim"))
    table = Table("id", "item", "state", "value", "rests on", box=None)
    for one in view["items"]:
        why = one.get("lacks") or ", ".join(because.get("fact", "") for because in one["because"])
        value = "" if one["value"] is None else str(one["value"])[:40]
        table.add_row(*(Text(cell) for cell in (one["id"], one["title"], one["state"], value, why)))
    _shared.out.print(table)
    for name, one in view["summary"].items():
        _shared.out.print(Text(f"{name}: {_summed(one)}"))


def _summed(value: Any) -> str:  # noqa: ANN401 - any part of a summary
    if isinstance(value, list):
        return (
            "; ".join(f"{one['title']}: {one['reason']}" if isinstance(one, dict) else one for one in value) or "none"
        )
    return "none" if value is None else str(value)


def _pillars(pillars: dict[str, Any]) -> Table:
    whole = [Column(name, no_wrap=True) for name in ("pillar", "0 … 100", "score", "range")]
    table = Table(*whole, "coverage", Column("rests on", overflow="fold"), box=None)
    for name, one in pillars.items():
        score = one["score"] if one["sufficient"] else "insufficient"
        span = f"{one['low']}–{one['high']}"
        shown = "not measured" if one["score"] is None else score
        table.add_row(name, _bar(one), shown, span, one["coverage"], Text(one["basis"]))
    return table


def _bar(pillar: dict[str, Any]) -> str:
    """Draw the range as ─ and the score as ┃ on a track of dots."""
    cells = ["·"] * (BAR_CELLS + 1)
    low, high = (round(float(pillar[end]) / 100 * BAR_CELLS) for end in ("low", "high"))
    cells[low : high + 1] = ["─"] * (high + 1 - low)
    if pillar["score"] is not None:
        cells[round(float(pillar["score"]) / 100 * BAR_CELLS)] = "┃"
    return "".join(cells)


def _verdicts(verdicts: list[dict[str, Any]]) -> Table:
    table = Table("", "id", "indicator", "state", "value", "why", box=None)
    for one in verdicts:
        state = one["state"] + (" (stale)" if one["stale"] else "")
        value = "" if one["value"] is None else f"{one['value']} {one['unit']}"[:40]
        cells = (one["indicator"], one["title"], state, value, one["reason"])
        table.add_row(MARKS[one["state"]], *(Text(cell) for cell in cells))
    return table


def _endpoint(endpoint: dict[str, Any]) -> Table:
    title = f"{endpoint['ref']}: {endpoint['status']} {endpoint['reason']}".strip()
    table = Table("quantity", "value", "unit", "n", "p95", "range of the value", box=None, title=Text(title))
    for one in endpoint["readings"]:
        span = f"{one['low']}–{one['high']}" if "low" in one else ""
        table.add_row(one["title"], str(one["value"]), one["unit"], str(one["n"]), one.get("p95") or "", span)
    return table
