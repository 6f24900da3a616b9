"""What people look at: the list of all models, the page of one, and the rubric that judged it."""

import hashlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, current_app, make_response, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from scorecards import rubric
from scorecards.catalog import Endpoint
from scorecards.exports import latency_svg
from scorecards.ratings import aliases
from scorecards.rubric import RubricError
from service.pages import (
    comparisons,
    console,
    ecosystems,
    listing,
    measured,
    portability,
    prices,
    ratings,
    rubrics,
    signing_in,
    switches,
    views,
)
from service.pages.answers import answers
from service.pages.ratings import RatingsView
from service.store import cards, catalog, challenges, evidence
from service.store import ratings as store

HISTORY_SHOWN = 20
"""Cards of the past on a page; the API has them all."""
ANSWERS_SHOWN = 50
"""Challenges on a page; the API has them all."""
NO_CARD = "no scorecard of that name has been published here. A ref is developer/model, one version of one model."

BLUEPRINT = Blueprint("pages", __name__, static_folder="static", static_url_path="/static", template_folder="templates")
BLUEPRINT.register_blueprint(signing_in.BLUEPRINT)
BLUEPRINT.register_blueprint(comparisons.BLUEPRINT)

_MEMORY = listing.Memory()


@BLUEPRINT.get("/")
def index() -> Response:
    """Show every model that has a card."""
    with current_app.extensions["pellucid"].session() as session:
        rows = _MEMORY.rows(cards.index(session))
    view = listing.view(rows, listing.Query.of(request.args), datetime.now(UTC))
    return _page(render_template("index.html", view=view))


@BLUEPRINT.get("/models/<developer>/<path:model>")
def model(developer: str, model: str) -> Response:
    """Show one model: its newest card, its endpoints, its past."""
    ref, now = f"{developer}/{model}", datetime.now(UTC)
    with current_app.extensions["pellucid"].session() as session:
        published = cards.latest(session, ref)
        if published is None:
            return _missing("No card for this model", ref, NO_CARD)
        past = cards.history(session, ref, limit=HISTORY_SHOWN)
        picture = cards.picture(session, published.card_id, latency_svg.EXPORT.suffix)
        filed = challenges.page(session, ref, limit=ANSWERS_SHOWN)
        rated = _rated(session, ref, now)
        served = catalog.endpoints_of(session, ref)
        tariffs = current_app.extensions["pellucid"].tariffs.all(session, [one.ref for one in served])
    history = [views.history_row(one.card, one.card_id, one.published_at, now) for one in past]
    wanted = request.args.get("state", "")
    view = views.model(published.card, published.card_id, history, now, answers(filed, now), wanted)
    # Drawn by scorecards.exports.latency_svg, which writes it with an XML serializer; never anybody else's bytes.
    drawn = Markup(picture) if picture else None  # noqa: S704
    response = _page(
        render_template(
            "model.html",
            view=view,
            picture=drawn,
            ratings=rated,
            prices=prices.view([(one, tariffs[one.ref]) for one in served], now),
        )
    )
    response.headers["Pellucid-Card"] = published.card_id
    return response


@BLUEPRINT.get("/endpoints/<path:ref>")
def endpoint(ref: str) -> Response:
    """Show one endpoint: what was measured there lately, and over time."""
    now = datetime.now(UTC)
    with current_app.extensions["pellucid"].session() as session:
        found = catalog.get(session, Endpoint, ref)
        if found is None:
            return _missing("No such endpoint", ref, "no endpoint of that ref is in the catalogue here.")
        recent = evidence.since(session, ref, now - timedelta(days=measured.HISTORY_DAYS))
        published = cards.latest(session, found.model)
        switch = switches.asked(session, ref, request.args)
    view = measured.view(found, recent, rubric.load(), now)
    moving = portability.of_card(published.card, ref, now) if published else None
    return _page(render_template("endpoint.html", view=view, portability=moving, switch=switch))


@BLUEPRINT.get("/ecosystems")
def compare_ecosystems() -> Response:
    """Show how far apart jurisdictions are, pillar by pillar and over time."""
    now, weeks = datetime.now(UTC), ecosystems.weeks(request.args.get("weeks", ""))
    with current_app.extensions["pellucid"].session() as session:
        held = current_app.extensions["pellucid"].standings
        course = held.course(session, ecosystems.since(now.date(), weeks), now.date())
    return _page(render_template("ecosystems.html", view=ecosystems.view(course, weeks, now)))


@BLUEPRINT.get("/methodology", defaults={"rubric_id": rubric.CURRENT})
@BLUEPRINT.get("/methodology/<rubric_id>")
def methodology(rubric_id: str) -> Response:
    """Show a rubric: what it asks, what earns what, and for how long."""
    try:
        rules = rubric.load(rubric_id)
    except RubricError:
        return _missing("No such rubric", rubric_id, "no rubric of that name is held here")
    return _page(render_template("methodology.html", view=rubrics.view(rules)))


@BLUEPRINT.get("/console/subscriptions")
def subscriptions() -> Response:
    """Show the page on which webhooks are kept; what it shows it asks the API for, with its reader's token."""
    # Never the Host that a request names: the page tells people where to send a token.
    here = current_app.extensions["pellucid"].settings.links_to
    return _page(render_template("subscriptions.html", view=console.view(), here=here))


def _rated(session: Session, ref: str, now: datetime) -> RatingsView:
    """Return the ratings of a model, with the trend of its company where the index that has one rates it."""
    found = store.page(session, None, ref, None)
    companies = {one.rating.producer for one in found if one.rating.source == "fmti"}
    names = {name for company in companies for name in aliases.bundled().names("fmti", company)}
    return ratings.view(found, store.of_producer(session, "fmti", names), now)


def _missing(title: str, ref: str, why: str) -> Response:
    response = make_response(render_template("missing.html", title=title, ref=ref, why=why))
    response.status_code = HTTPStatus.NOT_FOUND
    return response


def _page(text: str) -> Response:
    """Return a page with the hash of its bytes as ETag, or 304 to who has it already."""
    response = make_response(text)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
