"""Recomputes every number that the Foundation Model Transparency Index published from its 0/1 scores."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scorecards.ratings import table
from scorecards.ratings.rating import Check, Figure, File, Judgement, Rating, RatingError, sha256_of

ATTRIBUTION = (
    "Bommasani, Klyman, Kapoor, Longpre, Wan, Xiong, Maslej, Liang: The Foundation Model Transparency Index "
    "(October 2023, May 2024, December 2025)"
)
LICENCE = "CC-BY-4.0"
LINK = "https://github.com/stanford-crfm/fmti"

TOTAL, SHOWN = "overall", "mean_of_shown_subdomains"
"""Levels of published numbers; the first is the headline. The others are `domain` and `subdomain`."""

SCORE_COLUMNS = ("indicator_id", "company", "model", "score", "justification", "source")
AVERAGE = "(average)"
"""Stands in the company column of a number that is about all of them."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question of an edition."""

    id: str
    title: str
    domain: str
    subdomain: str


@dataclass(frozen=True, slots=True)
class Score:
    """One company's point, 0 or 1, for one indicator."""

    point: int
    justification: str
    source: str


@dataclass(frozen=True, slots=True)
class Company:
    """One company with the one model that was scored; `scores` by indicator id."""

    name: str
    model: str
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Published:
    """One number as a figure of the edition prints it."""

    level: str
    key: str
    company: str
    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition, `name` its year and month."""

    name: str
    indicators: Mapping[str, Indicator]
    companies: Mapping[str, Company]
    published: tuple[Published, ...]
    sha256: str


def edition(name: str, indicators: File, scores: File, published: File) -> Edition:
    """Return an edition of its three tables.

    Raises:
        RatingError: a table is broken, a score is missing, or a number names what the edition does not have.
    """
    asked = _indicators(indicators)
    companies = _companies(scores, asked)
    if not companies:
        raise RatingError(f"{scores.name} row 2: wants scores, has none")
    numbers = tuple(_published(published, asked, companies))
    levels = {one.level for one in numbers}
    if not numbers or (SHOWN in levels and "subdomain" not in levels):
        raise RatingError(f"{published.name} row 2: wants numbers, and subdomains where there is a mean of them")
    return Edition(name, asked, companies, numbers, sha256_of([indicators, scores, published]))


def _indicators(file: File) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for where, row in table.rows(file, ("id", "name", "domain", "subdomain")):
        if row["id"] in found:
            raise RatingError(f"{where}: id: wants each indicator once, has {row['id']!r} again")
        found[row["id"]] = Indicator(row["id"], row["name"], row["domain"], row["subdomain"])
    return found


def _companies(file: File, indicators: Mapping[str, Indicator]) -> dict[str, Company]:
    models: dict[str, str] = {}
    scores: dict[str, dict[str, Score]] = {}
    for where, row in table.rows(file, SCORE_COLUMNS):
        company, indicator = row["company"], row["indicator_id"]
        if indicator not in indicators:
            raise RatingError(f"{where}: indicator_id: wants an indicator of the edition, has {indicator!r}")
        if models.setdefault(company, row["model"]) != row["model"]:
            raise RatingError(f"{where}: model: wants one model of {company}, has {row['model']!r} as another")
        if indicator in scores.setdefault(company, {}):
            raise RatingError(f"{where}: wants one score of {company} for {indicator}, has another")
        scores[company][indicator] = _score(row, where)
    for company, given in scores.items():
        lacking = indicators.keys() - given.keys()
        if lacking:
            raise RatingError(f"{file.name}: wants a score of {company} for every indicator, lacks {min(lacking)}")
    return {name: Company(name, models[name], given) for name, given in scores.items()}


def _score(row: Mapping[str, str], where: str) -> Score:
    if row["score"] not in ("0", "1"):
        raise RatingError(f"{where}: score: wants 0 or 1, has {row['score']!r}")
    return Score(int(row["score"]), row["justification"], row["source"])


def _published(
    file: File, indicators: Mapping[str, Indicator], companies: Mapping[str, Company]
) -> Iterator[Published]:
    asked = indicators.values()
    keys = {
        TOTAL: {"all"},
        "domain": {one.domain for one in asked},
        "subdomain": {one.subdomain for one in asked},
        SHOWN: {"all shown"},
    }
    seen = set()
    for where, row in table.rows(file, ("level", "key", "company", "value", "unit")):
        level, key, company = named = row["level"], row["key"], row["company"]
        if level not in keys:
            raise RatingError(f"{where}: level: wants one of {', '.join(keys)}, has {level!r}")
        if key not in keys[level]:
            raise RatingError(f"{where}: key: wants a {level} of the edition, has {key!r}")
        if company not in companies and (level, company) != ("subdomain", AVERAGE):
            raise RatingError(f"{where}: company: wants a company of the edition, has {company!r}")
        if not re.fullmatch("[0-9]{1,3}", row["value"]):
            raise RatingError(f"{where}: value: wants a whole number, has {row['value']!r}")
        if named in seen:
            raise RatingError(f"{where}: wants each number once, has {' '.join(named)} again")
        seen.add(named)
        yield Published(level, key, company, int(row["value"]), row["unit"])


def recomputed(of: Edition, number: Published) -> int:
    """Return what a published number should be by the 0/1 scores: points, or whole percent.

    Means are taken of exact shares and rounded once, halves up: the only way that gives every published number.
    """
    return int(_LEVELS[number.level](of, number) + Fraction(1, 2))


def _overall(of: Edition, number: Published) -> Fraction:
    return Fraction(sum(one.point for one in of.companies[number.company].scores.values()))


def _domain(of: Edition, number: Published) -> Fraction:
    scores = of.companies[number.company].scores
    return Fraction(sum(scores[one.id].point for one in of.indicators.values() if one.domain == number.key))


def _subdomain(of: Edition, number: Published) -> Fraction:
    companies = of.companies if number.company == AVERAGE else [number.company]
    return _mean([_percent(of, name, number.key) for name in companies])


def _shown(of: Edition, number: Published) -> Fraction:
    shown = {one.key for one in of.published if one.level == "subdomain"}
    return _mean([_percent(of, number.company, key) for key in shown])


def _percent(of: Edition, company: str, subdomain: str) -> Fraction:
    scores = of.companies[company].scores
    return 100 * _mean([Fraction(scores[one.id].point) for one in of.indicators.values() if one.subdomain == subdomain])


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


_LEVELS: dict[str, Callable[[Edition, Published], Fraction]] = {
    TOTAL: _overall,
    "domain": _domain,
    "subdomain": _subdomain,
    SHOWN: _shown,
}


def check(editions: Sequence[Edition]) -> Check:
    """Recompute every published number of these editions."""
    numbers = [(of, one, recomputed(of, one)) for of in editions for one in of.published]
    wrong = tuple(
        f"fmti {of.name}: {one.level} {one.key}, {one.company}: published {one.value} {one.unit}, recomputed {ours}"
        for of, one, ours in numbers
        if ours != one.value
    )
    notes = tuple(
        f"fmti {of.name}: {len(of.companies)} companies, {len(of.indicators)} indicators, "
        f"{len(of.published)} published numbers"
        for of in editions
    )
    return Check(notes, wrong, f"{len(numbers) - len(wrong)} of {len(numbers)} published numbers reproduced")


def ratings(of: Edition) -> list[Rating]:
    """Return what an edition says of each company's model: the published numbers, and every point."""
    return [_rating(of, company) for company in of.companies.values()]


def _rating(of: Edition, company: Company) -> Rating:
    figures = [_figure(one) for one in of.published if one.company == company.name]
    judgements = (_judgement(of.indicators[id_], score) for id_, score in company.scores.items())
    return Rating(
        source="fmti",
        edition=of.name,
        producer=company.name,
        subject=company.model,
        dated=of.name,
        figures=tuple(sorted(figures, key=lambda one: one.name != TOTAL)),
        judgements=tuple(judgements),
        attribution=ATTRIBUTION,
        licence=LICENCE,
        link=LINK,
        sha256=of.sha256,
    )


def _figure(number: Published) -> Figure:
    name = number.level if number.level in (TOTAL, SHOWN) else f"{number.level}: {number.key}"
    return Figure(name, str(number.value), number.unit.replace("_", " "), published=True)


def _judgement(indicator: Indicator, score: Score) -> Judgement:
    return Judgement(indicator.id, indicator.title, str(score.point), score.justification, score.source)
