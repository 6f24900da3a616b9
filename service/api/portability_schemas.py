"""Shapes of portability over HTTP. They describe; the domain's own checks decide."""

from marshmallow import Schema, fields

from scorecards.switching.conformance._conformance import Grade
from service.api.decimals import decimal

RESULTS = [*(one.value for one in Grade), "unknown"]


class PortabilityRulesSchema(Schema):
    """The version of the rules that a score was made by."""

    id = fields.String()
    sha256 = fields.String(metadata={"description": "Of the file `portability-ID.toml`"})


class DimensionSchema(Schema):
    """One of the seven dimensions."""

    id = fields.String()
    title = fields.String()
    weight = decimal("Points of 100 that it can earn")
    points = decimal("Points earned of those that are known")
    known = decimal("How many of its points are known")


class ConformanceSchema(Schema):
    """What one conformance probe found."""

    name = fields.String()
    question = fields.String()
    dimension = fields.String()
    weight = decimal("Points of 100 that it can earn")
    result = fields.String(metadata={"enum": RESULTS, "description": "`ignored` = accepted and without effect"})
    reason = fields.String()
    n = fields.Integer(metadata={"description": "Requests that it rests on"})
    taken_at = fields.DateTime(allow_none=True, metadata={"description": "null = unknown"})
    evidence = fields.List(fields.String(), metadata={"description": "Ids of raw exchanges"})


class PortabilityFactSchema(Schema):
    """What counts and no conformance probe finds out."""

    name = fields.String()
    title = fields.String()
    dimension = fields.String()
    weight = decimal("Points of 100 that it can earn")
    points = decimal("Points earned")
    reason = fields.String()
    source = fields.String(allow_none=True, metadata={"description": "Page on which it was read"})
    evidence = fields.List(fields.String())


class PortabilitySchema(Schema):
    """What a move to an endpoint takes; a score is never without its range and coverage."""

    rules = fields.Nested(PortabilityRulesSchema)
    badge = fields.String(
        allow_none=True,
        metadata={
            "description": "`drop-in`, `drop-in with N caveats`, `adapter needed` or `rewrite`; null = too little known"
        },
    )
    caveats = fields.List(fields.String(), metadata={"description": "Conformance probes that do not pass"})
    score = decimal("0 to 100: points earned of points known")
    low = decimal("0 to 100, if everything unknown were at its worst")
    high = decimal("0 to 100, if everything unknown were at its best")
    coverage = decimal("Share of the points that are known, 0 to 1")
    dimensions = fields.List(fields.Nested(DimensionSchema))
    matrix = fields.List(fields.Nested(ConformanceSchema))
    facts = fields.List(fields.Nested(PortabilityFactSchema))


class CardEndpointSchema(Schema):
    """One endpoint on a card."""

    ref = fields.String()
    provider = fields.String()
    region = fields.String(allow_none=True)
    dialect = fields.String()
    host = fields.String()
    first_party = fields.Boolean()
    status = fields.String(metadata={"enum": ["measured", "unchecked"]})
    reason = fields.String(metadata={"description": "Why it is unchecked"})
    window = fields.Dict()
    readings = fields.List(fields.Dict())
    outcomes = fields.Dict(metadata={"description": "How many requests of the window ended how"})
    portability = fields.Nested(
        PortabilitySchema, allow_none=True, metadata={"description": "null = its conformance was never probed"}
    )
    prices = fields.List(fields.Dict(), metadata={"description": "Left out where no price is held"})
    announced = fields.List(fields.Dict(), metadata={"description": "Prices that take effect later"})
