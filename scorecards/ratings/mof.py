"""Finds the class of a model by the rules of the Model Openness Framework, from the files of its tool.

The tool's own classes are not in its repository, so every class here is our recomputation.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scorecards.ratings import mof_licences, table, yaml_file
from scorecards.ratings.rating import Check, Figure, File, Judgement, Rating, RatingError, sha256_of

ATTRIBUTION = "The Model Openness Tool Authors: models and rules of the Model Openness Framework"
LICENCE = "MIT"
LINK = "https://github.com/lfai/model_openness_tool"

CLASSES = {3: "III", 2: "II", 1: "I"}
"""From the first to reach to the last: each wants all that the one before wants."""

UNCLASSIFIED = "not classified"
REPORT, PAPER = "Technical report", "Research paper"
"""The paper may stand in for the report."""


@dataclass(frozen=True, slots=True)
class Component:
    """One of the framework's components; `content` is code, data or document, `level` the class that wants it."""

    name: str
    content: str
    level: int
    required: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The framework: its components by name, and the licences that its tool's file makes open."""

    components: Mapping[str, Component]
    listed: frozenset[str]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One file of the tool.

    Attributes:
        file: Its name without the ending; the tool's only unique name of a model.
        licences: Licence of each component that the file includes, as written; "" = none.
    """

    file: str
    name: str
    producer: str
    dated: str | None
    framework: str
    licences: Mapping[str, str]
    sha256: str


def rules(components: File, licences: File) -> Rules:
    """Return the rules of the tool's two files.

    Raises:
        RatingError: one of them is not of its format.
    """
    listed = yaml_file.mapping(components).get("components")
    if not isinstance(listed, list) or not listed:
        raise RatingError(f"{components.name}: components: wants a list of components, has none")
    found = [_component(raw, f"{components.name}: components[{at}]") for at, raw in enumerate(listed)]
    return Rules({one.name: one for one in found}, mof_licences.listed(licences), (components, licences))


def _component(raw: object, where: str) -> Component:
    row = yaml_file.section(raw, where)
    name, content, level, required = (
        yaml_file.text(row, key, where) for key in ("name", "content_type", "class", "required")
    )
    if level not in ("1", "2", "3") or required not in ("true", "false") or not name:
        raise RatingError(f"{where}: wants a name, a class 1 to 3 and required true or false, has {name!r} {level!r}")
    return Component(name, content, int(level), required == "true")


def model(file: File, by: Rules) -> Model:
    """Return what one file of the tool says.

    Raises:
        RatingError: it is not of the tool's format, or names a component that the framework has not.
    """
    whole = yaml_file.mapping(file)
    release = yaml_file.section(whole.get("release"), f"{file.name}: release")
    framework = yaml_file.section(whole.get("framework"), f"{file.name}: framework")
    return Model(
        file=file.name.rpartition("/")[2].rpartition(".")[0],
        name=yaml_file.text(release, "name", f"{file.name}: release"),
        producer=yaml_file.text(release, "producer", f"{file.name}: release"),
        dated=yaml_file.text(release, "date", f"{file.name}: release") or None,
        framework=yaml_file.text(framework, "version", f"{file.name}: framework"),
        licences=dict(_licences(release, by, file.name)),
        sha256=sha256_of([file, *by.files]),
    )


def _licences(release: Mapping[str, Any], by: Rules, name: str) -> Iterator[tuple[str, str]]:
    given = yaml_file.section(release.get("license") or {}, f"{name}: release: license")
    seen = set()
    for at, raw in enumerate(release.get("components") or ()):
        where = f"{name}: components[{at}]"
        row = yaml_file.section(raw, where)
        component = by.components.get(yaml_file.text(row, "name", where))
        if component is None:
            raise RatingError(f"{where}: wants a component of the framework, has {row.get('name')!r}")
        if component in seen:
            raise RatingError(f"{where}: wants each component once, has {component.name!r} again")
        seen.add(component)
        yield component.name, _licence(row, component, given, where)


def _licence(row: dict[str, Any], component: Component, given: Mapping[str, Any], where: str) -> str:
    """Return the component's own licence, else that of its kind of content, else that of the whole distribution."""
    if "license" in row:
        return yaml_file.text(row, "license", where)
    kinds = (component.content, "distribution")
    inherited = [yaml_file.section(given.get(kind) or {}, f"{where}: inherited licence") for kind in kinds]
    return next((one for one in (yaml_file.text(each, "name", where) for each in inherited) if one), "")


def opened(of: Model, by: Rules) -> set[str]:
    """Return the components of the file that have an open licence."""
    return {name for name, licence in of.licences.items() if mof_licences.is_open(licence, by.listed)}


def wants(of: Model, level: int, by: Rules) -> list[str]:
    """Return what the model lacks for a class, in words; nothing = the class is reached."""
    required = [one for one in by.components.values() if one.required and one.level >= level]
    openly = opened(of, by)
    if PAPER in openly:
        required = [one for one in required if one.name != REPORT]
    return [_lack(of, one.name) for one in required if one.name not in openly]


def _lack(of: Model, component: str) -> str:
    if component not in of.licences:
        return f"{component} (not in the file)"
    licence = of.licences[component]
    return f"{component} (licence {licence!r} is not open)" if licence else f"{component} (no licence)"


def classified(of: Model, by: Rules) -> int | None:
    """Return the best class reached, 3 to 1; None when not even class III is."""
    best = None
    for level in CLASSES:
        if wants(of, level, by):
            break
        best = level
    return best


def check(models: Sequence[Model], by: Rules, independent: File) -> Check:
    """Compare each class with an independent recomputation (`models.csv`), and say why each model has no better one."""
    theirs = dict(_independent(independent))
    ours = {one.file: _counts(one, by) for one in models}
    wrong = [_difference(one, ours[one.file], theirs.get(one.file), by) for one in models]
    wrong += [
        f"mof {name}: wants a file, {independent.name} has it and there is none"
        for name in sorted(theirs.keys() - ours)
    ]
    wrong = [one for one in wrong if one]
    counted = Counter(counts[0] for counts in ours.values())
    by_class = ", ".join(f"{counted[level]} {label}" for level, label in CLASSES.items())
    done = len(models) - counted[None]
    summary = f"mof: {done} of {len(models)} classified ({by_class}); {len(wrong)} differ from {independent.name}"
    return Check(tuple(_explained(one, ours[one.file][0], by) for one in models), tuple(wrong), summary)


Counts = tuple[int | None, int, int]
"""Class, components in the file, those of them with an open licence."""


def _counts(of: Model, by: Rules) -> Counts:
    return classified(of, by), len(of.licences), len(opened(of, by))


def _independent(file: File) -> Iterator[tuple[str, Counts]]:
    columns = ("mof_class_computed", "components_included", "components_open_licensed")
    for where, row in table.rows(file, ("file", *columns)):
        level, included, openly = (row[name] for name in columns)
        if level not in ("", "1", "2", "3") or not (included.isdecimal() and openly.isdecimal()):
            raise RatingError(f"{where}: wants a class and two counts, has {level!r}, {included!r}, {openly!r}")
        yield row["file"], (int(level) if level else None, int(included), int(openly))


def _difference(of: Model, ours: Counts, theirs: Counts | None, by: Rules) -> str:
    if theirs is None:
        return f"mof {of.file}: wants a row to compare with, has none"
    if ours == theirs:
        return ""
    here, there = (f"{_label(one[0])}, {one[1]} components, {one[2]} open" for one in (ours, theirs))
    return f"{_explained(of, ours[0], by)}; here {here}; there {there}"


def _explained(of: Model, level: int | None, by: Rules) -> str:
    following = next((one for one in CLASSES if level is None or one < level), None)
    reached = f"mof {of.file}: {_label(level)}"
    return (
        f"{reached}; class {CLASSES[following]} wants {', '.join(wants(of, following, by))}" if following else reached
    )


def _label(level: int | None) -> str:
    return f"class {CLASSES[level]}" if level else UNCLASSIFIED


def ratings(models: Iterable[Model], by: Rules) -> list[Rating]:
    """Return the class of each model with the licence of each component."""
    return [_rating(one, by) for one in models]


def _rating(of: Model, by: Rules) -> Rating:
    level, included, openly = _counts(of, by)
    return Rating(
        source="mof",
        edition=of.framework,
        producer=of.producer,
        subject=of.file,
        dated=of.dated,
        figures=(
            Figure("class", CLASSES[level] if level else UNCLASSIFIED, "", published=False),
            Figure("components", str(included), f"of {len(by.components)}", published=False),
            Figure("components with an open licence", str(openly), f"of {len(by.components)}", published=False),
        ),
        judgements=tuple(_judgement(one, of, opened(of, by)) for one in by.components.values()),
        attribution=ATTRIBUTION,
        licence=LICENCE,
        link=LINK,
        sha256=of.sha256,
    )


def _judgement(component: Component, of: Model, openly: set[str]) -> Judgement:
    name, licence = component.name, of.licences.get(component.name)
    verdict = "not in the file" if licence is None else "open licence" if name in openly else "no open licence"
    wanted = f"class {CLASSES[component.level]}, {'required' if component.required else 'optional'}"
    return Judgement(name, name, verdict, "; ".join(filter(None, (wanted, licence))))
