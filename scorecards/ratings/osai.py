"""Counts what the European Open Source AI Index judges open, partial and closed; the sum is ours, not its ranking."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from scorecards.ratings import table, yaml_file
from scorecards.ratings.rating import Check, Figure, File, Judgement, Rating, RatingError, sha256_of

ATTRIBUTION = (
    "European Open Source AI Index, https://osai-index.eu/, doi:10.5281/zenodo.15386042; Liesenfeld and Dingemanse "
    "(2024): Rethinking open source generative AI: open-washing and the EU AI Act"
)
LICENCE = "CC-BY-4.0"
LINK = "https://doi.org/10.5281/zenodo.15386042"
EDITION = "rolling"
"""The index has no editions; the hash of the input and the day of the import tell two states apart."""

POINTS = {"open": Decimal(1), "partial": Decimal("0.5"), "closed": Decimal(0)}
CRITERIA = (
    "datasources_basemodel",
    "datasources_endmodel",
    "weights_basemodel",
    "weights_endmodel",
    "trainingcode",
    "code",
    "hardware_architecture",
    "preprint",
    "paper",
    "modelcard",
    "datasheet",
    "licenses",
)
"""The criteria that every file must judge, in the index's order."""


@dataclass(frozen=True, slots=True)
class System:
    """One file of the index; `name` is "" in the template for new entries."""

    file: str
    name: str
    end_model: str
    producer: str
    judgements: tuple[Judgement, ...]
    sha256: str

    @property
    def points(self) -> Decimal:
        """Our plain sum: 1 for open, a half for partial."""
        return sum((POINTS[one.verdict] for one in self.judgements), Decimal(0))


def system(file: File) -> System:
    """Return what one file of the index says.

    Raises:
        RatingError: it is not of the index's format, or lacks a criterion.
    """
    whole = yaml_file.mapping(file)
    about, org = (yaml_file.section(whole.get(key), f"{file.name}: {key}") for key in ("system", "org"))
    return System(
        file=file.name.rpartition("/")[2].rpartition(".")[0],
        name=yaml_file.text(about, "name", f"{file.name}: system"),
        end_model=yaml_file.text(about, "endmodelname", f"{file.name}: system"),
        producer=yaml_file.text(org, "name", f"{file.name}: org"),
        judgements=tuple(_judgement(whole.get(key), key, file.name) for key in CRITERIA),
        sha256=sha256_of([file]),
    )


def _judgement(raw: object, criterion: str, name: str) -> Judgement:
    where = f"{name}: {criterion}"
    row = yaml_file.section(raw, where)
    verdict = yaml_file.text(row, "class", where)
    if verdict not in POINTS:
        raise RatingError(f"{where}: class: wants open, partial or closed, has {verdict!r}")
    note = yaml_file.text(row, "notes", where)
    return Judgement(criterion, criterion.replace("_", " "), verdict, note, _links(row, where))


def _links(row: dict[str, Any], where: str) -> str:
    links = row.get("link", "")
    if isinstance(links, list) and all(isinstance(one, str) for one in links):
        return " ".join(links)
    return yaml_file.text(row, "link", where)


def check(systems: Sequence[System], independent: File) -> Check:
    """Compare the criteria and the sum of each file with an independent count (`systems.csv`)."""
    theirs = dict(_independent(independent))
    wrong = [_difference(one, theirs.get(one.file)) for one in systems]
    files = {one.file for one in systems}
    wrong += [
        f"osai {name}: wants a file, {independent.name} has it and there is none"
        for name in sorted(theirs.keys() - files)
    ]
    wrong = [one for one in wrong if one]
    counted = Counter(one.verdict for of in systems for one in of.judgements)
    notes = [f"osai {one.file}: names no system, left out" for one in systems if not one.name]
    notes.append(f"osai: {', '.join(f'{counted[verdict]} {verdict}' for verdict in POINTS)} judgements")
    right = sum(theirs.get(one.file) == (len(one.judgements), one.points) for one in systems)
    return Check(tuple(notes), tuple(wrong), f"osai: {right} of {len(systems)} sums equal {independent.name}")


def _independent(file: File) -> Iterator[tuple[str, tuple[int, Decimal]]]:
    for where, row in table.rows(file, ("file", "criteria_scored", "points_open1_partial0.5")):
        try:
            yield row["file"], (int(row["criteria_scored"]), Decimal(row["points_open1_partial0.5"]))
        except (ValueError, InvalidOperation) as error:
            raise RatingError(f"{where}: wants a number of criteria and a sum, has others") from error


def _difference(of: System, theirs: tuple[int, Decimal] | None) -> str:
    ours = len(of.judgements), of.points
    if ours == theirs:
        return ""
    said = "none" if theirs is None else f"{theirs[1]} of {theirs[0]}"
    return f"osai {of.file}: counted {ours[1]} of {ours[0]}, there {said}"


def ratings(systems: Sequence[System]) -> list[Rating]:
    """Return what the index says of each system that has a name."""
    return [_rating(one) for one in systems if one.name]


def _rating(of: System) -> Rating:
    counted = Counter(one.verdict for one in of.judgements)
    unit = f"of {len(of.judgements)} criteria"
    counts = [Figure(verdict, str(counted[verdict]), unit, published=False) for verdict in POINTS]
    total = Figure("open 1, partial ½, plain sum", format(of.points.normalize(), "f"), unit, published=False)
    return Rating(
        source="osai",
        edition=EDITION,
        producer=of.producer,
        subject=": ".join(filter(None, (of.name, of.end_model))),
        dated=None,
        figures=(total, *counts),
        judgements=of.judgements,
        attribution=ATTRIBUTION,
        licence=LICENCE,
        link=LINK,
        sha256=of.sha256,
    )
