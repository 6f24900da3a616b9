"""What others say of a model, as the page shows it: beside our score, under their names, with their licence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from scorecards.ratings import picture, trend
from scorecards.ratings.rating import Figure
from service.pages import formats
from service.pages.formats import Moment
from service.store.ratings import Stored

COMPUTED = "recomputed here from the source's judgements"


@dataclass(frozen=True, slots=True)
class RatingView:
    """One rating: its headline with who computed it, what it is about, and where everything else is."""

    source: str
    edition: str
    dated: str | None
    subject: str
    figure: str
    basis: str
    attribution: str
    licence: str
    href: str | None
    details: str
    imported: Moment | None


@dataclass(frozen=True, slots=True)
class RatingsView:
    """All ratings of a model.

    Attributes:
        trend: Picture of the company's totals; None when it has less than two.
        steps: What the picture shows, in words.
    """

    rows: list[RatingView]
    trend: Markup | None
    steps: list[str]


def view(found: Sequence[Stored], editions: Sequence[Stored], now: datetime) -> RatingsView:
    """Return the ratings of a model; `editions` are all ratings of its company by the index that has a trend."""
    steps = trend.steps(one.rating for one in editions)
    drawn = len(steps) > 1
    title = f"Totals of {editions[0].rating.producer} in the Foundation Model Transparency Index" if drawn else ""
    return RatingsView(
        rows=[_row(one, now) for one in found],
        # Written by an XML serializer from numbers and escaped names; never anybody else's bytes.
        trend=Markup(picture.render(title, steps)) if drawn else None,  # noqa: S704
        steps=[trend.sentence(one) for one in steps] if drawn else [],
    )


def _row(stored: Stored, now: datetime) -> RatingView:
    rating = stored.rating
    return RatingView(
        source=rating.source.upper(),
        edition=rating.edition,
        dated=rating.dated,
        subject=": ".join(filter(None, (rating.producer, rating.subject))),
        figure=_figure(rating.figures[0]),
        basis="as published" if rating.figures[0].published else COMPUTED,
        attribution=rating.attribution,
        licence=rating.licence,
        href=formats.link(rating.link),
        details=f"/v1/ratings/{stored.number}",
        imported=formats.moment(stored.imported_at, now),
    )


def _figure(headline: Figure) -> str:
    return " ".join(filter(None, (headline.name, headline.value, headline.unit)))
