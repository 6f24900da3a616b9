"""Shapes of ecosystems over HTTP. They describe; the domain's own checks decide."""

from marshmallow import Schema, fields

from service.api.decimals import decimal

_IDS = "Ids of cards, described in `cards`"


class StatisticSchema(Schema):
    """One number over some models, with the range in which it could lie."""

    value = decimal("0 to 100; of a gap -100 to 100: first minus second")
    low = decimal("Were each counted model anywhere in its own range")
    high = decimal("As `low`")
    cards = fields.List(
        fields.String(), metadata={"description": "The best ones, the middle one or two; of a gap both sides'"}
    )
    reason = fields.String(metadata={"description": 'Why `value` is null; "" = it is not'})


class SideSchema(Schema):
    """One jurisdiction at one point."""

    jurisdiction = fields.String(metadata={"description": "Of the models' developers, ISO 3166"})
    n = fields.Integer(metadata={"description": "Models that count"})
    n_left_out = fields.Integer(metadata={"description": "Models whose coverage of the pillar is below 0.5"})
    best = fields.Nested(StatisticSchema)
    median = fields.Nested(StatisticSchema, metadata={"description": "Its value is null below three models"})
    counted = fields.List(fields.String(), metadata={"description": _IDS})
    left_out = fields.List(fields.String(), metadata={"description": _IDS})


class GapSchema(Schema):
    """How far one jurisdiction is ahead of another; undecided while low and high have 0 between them."""

    first = fields.String()
    second = fields.String()
    best = fields.Nested(StatisticSchema)
    median = fields.Nested(StatisticSchema)


class EcosystemPointSchema(Schema):
    """One day, at its end in UTC."""

    day = fields.Date()
    rubrics = fields.List(
        fields.String(), metadata={"description": "By which counted cards were judged; a new one moves numbers"}
    )
    jurisdictions = fields.List(fields.Nested(SideSchema))
    gaps = fields.List(fields.Nested(GapSchema), metadata={"description": "One for each pair of jurisdictions"})


class PillarCourseSchema(Schema):
    """One pillar over the span, oldest point first."""

    pillar = fields.String()
    points = fields.List(fields.Nested(EcosystemPointSchema))


class FigureOfCardSchema(Schema):
    """What a card says of a pillar."""

    score = decimal("0 to 100")
    low = decimal("0 to 100, if everything unknown were at its worst")
    high = decimal("0 to 100, if everything unknown were at its best")
    coverage = decimal("Share of what applies that was checked, 0 to 1")


class NamedCardSchema(Schema):
    """A card that a point rests on, or leaves out."""

    id = fields.String()
    model = fields.String()
    name = fields.String()
    developer = fields.String()
    jurisdiction = fields.String()
    published_at = fields.DateTime()
    sequence = fields.Integer()
    rubric = fields.String()
    pillars = fields.Dict(keys=fields.String(), values=fields.Nested(FigureOfCardSchema))


class EcosystemsSchema(Schema):
    """Jurisdictions by pillar over time; there is no rank over all pillars."""

    since = fields.Date()
    until = fields.Date()
    step_days = fields.Integer(metadata={"description": "1, or 7 in spans of more than 31 days"})
    method = fields.String()
    pillars = fields.List(fields.Nested(PillarCourseSchema))
    cards = fields.List(fields.Nested(NamedCardSchema), metadata={"description": "All that points name, once each"})
