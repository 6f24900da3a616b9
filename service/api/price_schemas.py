"""Shapes of prices and costs over HTTP. They describe; the domain's own checks decide."""

from marshmallow import Schema, fields

from service.api.decimals import DECIMAL, decimal

STATES = ["agreed", "single_source", "disputed", "stale"]


class RateSchema(Schema):
    """The exchange rate of a USD view."""

    per_usd = fields.String(metadata={**DECIMAL, "description": "What one US dollar cost"})
    date = fields.Date()
    source = fields.String()


class CostSchema(Schema):
    """What something costs; exact in the listed currency."""

    total = decimal("In `currency`; null also where several prices may apply")
    currency = fields.String(allow_none=True)
    low = decimal("Over conditions that cannot be decided and what sources say")
    high = decimal("As `low`")
    usd = decimal("`total` in US dollars")
    usd_low = decimal("`low` in US dollars")
    usd_high = decimal("`high` in US dollars")
    rate = fields.Nested(RateSchema, allow_none=True, metadata={"description": "null = nothing was converted"})
    state = fields.String(metadata={"enum": [*STATES, "unknown"], "description": "The worst of the prices used"})
    flags = fields.List(fields.String(), metadata={"description": "What could not be decided, and what is not listed"})


class AboutWorkSchema(Schema):
    """What a workload or a blend is."""

    workload = fields.String()
    title = fields.String()
    tasks = fields.Integer(metadata={"description": "How many are priced"})
    tier = fields.String(metadata={"description": "The service tier it asks for"})
    mix = fields.Dict(metadata={"description": "Counts of one task"})
    why = fields.String(metadata={"description": "Where the mix comes from"})


class WorkSchema(AboutWorkSchema, CostSchema):
    """What a thousand tasks of a workload cost, or one million tokens in a blend."""


class PriceSourceSchema(Schema):
    """What one source says of a price."""

    amount = fields.String(metadata=DECIMAL)
    importer = fields.String()
    data_version = fields.String()
    url = fields.String()
    sha256 = fields.String(allow_none=True, metadata={"description": "null = a person read it on a page"})
    snippet = fields.String()
    valid_from = fields.DateTime(allow_none=True, metadata={"description": "null = nobody wrote it down"})
    valid_to = fields.DateTime(allow_none=True, metadata={"description": "null = it still holds"})
    basis = fields.String(metadata={"enum": ["documented", "first_observed", "imported"]})
    observed_at = fields.DateTime()


class PriceSchema(Schema):
    """One price in force."""

    meter = fields.String()
    unit = fields.String()
    amount = fields.String(metadata={**DECIMAL, "description": "The chosen number; `sources` has all"})
    currency = fields.String(metadata={"description": "As listed, never converted"})
    conditions = fields.Dict(metadata={"description": "When it applies; {} = always"})
    state = fields.String(metadata={"enum": STATES})
    spread_percent = decimal("By how much the highest number is above the lowest")
    sources = fields.List(fields.Nested(PriceSourceSchema), metadata={"description": "The chosen one first"})


class OfferSchema(Schema):
    """Prices of one endpoint at one instant, and what work costs there."""

    endpoint = fields.String()
    state = fields.String(metadata={"enum": [*STATES, "unknown"], "description": "The worst of its prices"})
    prices = fields.List(fields.Nested(PriceSchema))
    workloads = fields.List(fields.Nested(WorkSchema))
    blends = fields.List(fields.Nested(WorkSchema))


class ComparedSchema(OfferSchema):
    """One endpoint of a model."""

    provider = fields.String()
    region = fields.String(allow_none=True)
    first_party = fields.Boolean()


class LifecycleSchema(Schema):
    """Dates of the model behind prices."""

    model = fields.String()
    released = fields.String(allow_none=True)
    lifecycle = fields.String()
    shutdown = fields.Date(allow_none=True)


class ModelPricesSchema(Schema):
    """All endpoints of one model at one instant."""

    model = fields.String()
    at = fields.DateTime()
    lifecycle = fields.Nested(LifecycleSchema)
    endpoints = fields.List(fields.Nested(ComparedSchema))


class PriceStepSchema(Schema):
    """What a unit cost for a time."""

    start = fields.DateTime(allow_none=True, metadata={"description": "null = nobody wrote it down"})
    end = fields.DateTime(allow_none=True, metadata={"description": "null = until further notice"})
    low = fields.String(metadata={**DECIMAL, "description": "Over windows, context tiers and sources"})
    high = fields.String(metadata=DECIMAL)
    state = fields.String(metadata={"enum": STATES})


class PastSchema(Schema):
    """How one meter's standard price moved, oldest step first."""

    meter = fields.String()
    currency = fields.String()
    steps = fields.List(fields.Nested(PriceStepSchema))


class EndpointPricesSchema(OfferSchema):
    """Prices of one endpoint, their future and their past."""

    at = fields.DateTime()
    lifecycle = fields.Nested(LifecycleSchema, allow_none=True)
    currencies = fields.List(fields.String(), metadata={"description": "Listed at this instant, the default first"})
    announced = fields.List(fields.Dict(), metadata={"description": "Facts that take effect later"})
    history = fields.List(fields.Nested(PastSchema))


class PositionSchema(CostSchema):
    """Where an endpoint stands."""

    position = fields.Integer()
    best = fields.Integer(metadata={"description": "Where it could stand"})
    worst = fields.Integer()
    endpoint = fields.String()
    model = fields.String()


class RankingSchema(Schema):
    """Positions by one workload, cheapest first."""

    workload = fields.String()
    title = fields.String()
    tasks = fields.Integer()
    tier = fields.String()
    mix = fields.Dict()
    why = fields.String()
    positions = fields.List(fields.Nested(PositionSchema))
    without_position = fields.List(fields.Dict(), metadata={"description": "Endpoints whose cost is not known"})


class RankingsSchema(Schema):
    """Positions at one instant; never part of a card."""

    at = fields.DateTime()
    method = fields.String()
    rankings = fields.List(fields.Nested(RankingSchema))
