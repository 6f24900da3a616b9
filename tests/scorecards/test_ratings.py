"""Others' ratings, recomputed: the rules as tables of literals, hostile files as one line that names the place."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from scorecards import catalog_files
from scorecards.ratings import aliases, fmti, mof, mof_licences, osai, picture, trend, yaml_file
from scorecards.ratings.rating import Figure, File, Judgement, Rating, RatingError, sha256_of

SVG = "{http://www.w3.org/2000/svg}"


def file(name, text):
    return File(name, text, hashlib.sha256(text.encode()).hexdigest())


INDICATORS = """id,name,domain,subdomain
i1,Data size,Upstream,Data
i2,Data sources,Upstream,Data
i3,Licence,Downstream,Terms
"""
SCORES = """indicator_id,indicator,company,model,score,justification,source
i1,Data size,A,A-1,1,"Said, clearly.",https://a.example
i2,Data sources,A,A-1,0,,
i3,Licence,A,A-1,1,,
i1,Data size,B,B-1,0,,
i2,Data sources,B,B-1,0,,
i3,Licence,B,B-1,1,,
"""
PUBLISHED = """level,key,company,model,value,unit
overall,all,A,A-1,2,points_of_100
overall,all,B,B-1,1,points_of_100
domain,Upstream,A,A-1,1,points
subdomain,Data,A,A-1,50,percent
subdomain,Data,B,B-1,0,percent
subdomain,Data,(average),,25,percent
mean_of_shown_subdomains,all shown,A,A-1,50,percent
"""

SUBDOMAINS = "".join(line for line in PUBLISHED.splitlines(keepends=True) if line.startswith("subdomain"))


def edition(indicators=INDICATORS, scores=SCORES, published=PUBLISHED):
    tables = {"indicators.csv": indicators, "scores.csv": scores, "published.csv": published}
    return fmti.edition("2025-12", *(file(name, text) for name, text in tables.items()))


def test_published_numbers_are_recomputed_from_points():
    found = fmti.check([edition()])
    assert (found.mismatches, found.summary) == ((), "7 of 7 published numbers reproduced")


SHOWN_75 = "mean_of_shown_subdomains all shown, A: published 75 percent, recomputed 50"


@pytest.mark.parametrize(
    ("before", "after", "mismatch"),
    [
        ("overall,all,B,B-1,1", "overall,all,B,B-1,2", "overall all, B: published 2 points_of_100, recomputed 1"),
        ("domain,Upstream,A,A-1,1", "domain,Upstream,A,A-1,0", "domain Upstream, A: published 0 points, recomputed 1"),
        ("(average),,25", "(average),,26", "subdomain Data, (average): published 26 percent, recomputed 25"),
        ("all shown,A,A-1,50", "all shown,A,A-1,75", SHOWN_75),
    ],
)  # fmt: skip
def test_a_published_number_that_points_do_not_give_is_named(before, after, mismatch):
    found = fmti.check([edition(published=PUBLISHED.replace(before, after))])
    assert found.mismatches == (f"fmti 2025-12: {mismatch}",)
    assert found.summary == "6 of 7 published numbers reproduced"


def test_one_changed_point_moves_every_number_that_rests_on_it():
    found = fmti.check([edition(scores=SCORES.replace("i2,Data sources,B,B-1,0", "i2,Data sources,B,B-1,1"))])
    assert [one.split(":")[1].strip() for one in found.mismatches] == [
        "overall all, B",
        "subdomain Data, B",
        "subdomain Data, (average)",
    ]


def test_means_are_taken_of_exact_shares_and_halves_are_rounded_up():
    # Shares of 1/8 and 0 have the mean 6.25; rounded first, 13 and 0 would give 7.
    names = [f"i{at}" for at in range(8)]
    indicators = "id,name,domain,subdomain\n" + "".join(f"{one},{one},U,S\n" for one in names)
    scores = "indicator_id,indicator,company,model,score,justification,source\n"
    scores += "".join(f"{one},{one},{company},m,{int(company + one == 'Ai0')},,\n" for company in "AB" for one in names)
    published = "level,key,company,model,value,unit\nsubdomain,S,A,m,13,percent\nsubdomain,S,(average),,6,percent\n"
    assert fmti.check([edition(indicators, scores, published)]).mismatches == ()


@pytest.mark.parametrize(
    ("table", "before", "after", "message"),
    [
        ("scores", "A-1,0,,", "A-1,2,,", "scores.csv row 3: score: wants 0 or 1, has '2'"),
        ("scores", "A-1,0,,", "A-1,0,", "scores.csv row 3: wants as many cells as the header has"),
        ("scores", "A-1,0,,", "A-1,0,,,", "scores.csv row 3: wants as many cells as the header has"),
        ("scores", "i2,Data sources,A", "i9,x,A", "row 3: indicator_id: wants an indicator of the edition, has 'i9'"),
        ("scores", "i2,Data sources,A", "i1,x,A", "scores.csv row 3: wants one score of A for i1, has another"),
        ("scores", "sources,A,A-1", "sources,A,A-2", "row 3: model: wants one model of A, has 'A-2' as another"),
        ("scores", "i3,Licence,B,B-1,1,,\n", "", "scores.csv: wants a score of B for every indicator, lacks i3"),
        ("scores", "indicator_id", "id", "scores.csv row 1: wants the columns indicator_id, company, "),
        ("scores", '"Said, clearly."', '"Said, clearly', "scores.csv row 2: wants CSV, has"),
        ("scores", SCORES, "", "scores.csv row 1: wants the columns"),
        ("indicators", "i2", "i1", "indicators.csv row 3: id: wants each indicator once, has 'i1' again"),
        ("published", "A-1,50", "A-1,fifty", "published.csv row 5: value: wants a whole number, has 'fifty'"),
        ("published", "domain,Up", "domain,Out", "row 4: key: wants a domain of the edition, has 'Outstream'"),
        ("published", "overall,all,B", "overall,all,C", "row 3: company: wants a company of the edition, has 'C'"),
        ("published", "domain,Up", "ward,Up", "published.csv row 4: level: wants one of overall, domain, "),
        ("published", "overall,all,B", "overall,all,A", "row 3: wants each number once, has overall all A again"),
        ("published", PUBLISHED, PUBLISHED.splitlines()[0], "published.csv row 2: wants numbers, and subdomains"),
        ("published", "subdomain,", "domain,", "published.csv row 5: key: wants a domain of the edition, has 'Data'"),
        ("published", SUBDOMAINS, "", "published.csv row 2: wants numbers, and subdomains where there"),
        ("scores", SCORES, SCORES.splitlines()[0], "scores.csv row 2: wants scores, has none"),
    ],
)  # fmt: skip
def test_a_broken_table_is_named_by_file_and_row(table, before, after, message):
    whole = {"scores": SCORES, "indicators": INDICATORS, "published": PUBLISHED}[table]
    with pytest.raises(RatingError) as told:
        edition(**{table: whole.replace(before, after)})
    assert message in str(told.value)
    assert "\n" not in str(told.value)


def test_an_index_rating_holds_the_published_numbers_and_every_point():
    first, _ = fmti.ratings(edition())
    assert (first.producer, first.subject, first.dated, first.licence) == ("A", "A-1", "2025-12", "CC-BY-4.0")
    assert first.figures[0] == Figure("overall", "2", "points of 100", published=True)
    assert first.judgements[0] == Judgement("i1", "Data size", "1", "Said, clearly.", "https://a.example")
    assert [one.verdict for one in first.judgements] == ["1", "0", "1"]


COMPONENTS = """components:
  - {name: Model parameters (Final), content_type: data, class: 3, required: true}
  - {name: Technical report, content_type: document, class: 3, required: true}
  - {name: Sample model outputs, content_type: document, class: 3, required: false}
  - {name: Training code, content_type: code, class: 2, required: true}
  - {name: Research paper, content_type: document, class: 1, required: true}
"""
LICENCES = json.dumps(
    {
        "licenses": [
            {"licenseId": "Apache-2.0", "isOsiApproved": True, "isFsfLibre": True, "ContentType": ["code", "document"]},
            {"licenseId": "Apache-1.0", "isOsiApproved": False, "isFsfLibre": True, "ContentType": "code"},
            {"licenseId": "C-UDA-1.0", "isOsiApproved": False, "ContentType": "data"},
            {"licenseId": "FreeBSD-DOC", "isOsiApproved": False, "ContentType": "document"},
            {"licenseId": "OpenMDW-1.0", "isOsiApproved": False, "ContentType": ["document", "data", "code"]},
        ]
    }
)
RULES = mof.rules(file("components.yml", COMPONENTS), file("mof-licenses.json", LICENCES))
WEIGHTS, REPORT, SAMPLES, CODE, PAPER = RULES.components
III = {WEIGHTS: "Apache-2.0", REPORT: "Apache-2.0"}
II = {**III, CODE: "Apache-2.0"}
I = {**II, PAPER: "CC-BY-4.0"}  # noqa: E741 - the class is called I


def release(components, **licences):
    rows = [{"name": name} if one is None else {"name": name, "license": one} for name, one in components.items()]
    given = {kind: {"name": name, "path": ""} for kind, name in licences.items()}
    body = {"name": "M", "producer": "P", "date": "2026-01-01", "license": given, "components": rows}
    return file("models/m.yml", json.dumps({"framework": {"version": "1.0"}, "release": body}))


@pytest.mark.parametrize(
    ("components", "level", "wants"),
    [
        ({}, None, "Model parameters (Final) (not in the file), Technical report (not in the file)"),
        ({WEIGHTS: "Apache-2.0"}, None, "Technical report (not in the file)"),
        ({**III, WEIGHTS: "Llama 2"}, None, "Model parameters (Final) (licence 'Llama 2' is not open)"),
        ({**III, WEIGHTS: ""}, None, "Model parameters (Final) (no licence)"),
        ({**III, WEIGHTS: "unlicensed"}, None, "Model parameters (Final) (licence 'unlicensed' is not open)"),
        ({**III, WEIGHTS: "apache-2.0"}, None, "Model parameters (Final) (licence 'apache-2.0' is not open)"),
        (III, 3, "Training code (not in the file)"),
        ({**III, SAMPLES: "secret"}, 3, "Training code (not in the file)"),
        ({WEIGHTS: "Apache-2.0", PAPER: "CC-BY-4.0"}, 3, "Training code (not in the file)"),
        ({WEIGHTS: "Apache-2.0", PAPER: "unlicensed"}, None, "Technical report (not in the file)"),
        ({WEIGHTS: "Apache-2.0", REPORT: "arXiv", PAPER: "CC-BY-4.0"}, 3, "Training code (not in the file)"),
        (II, 2, "Research paper (not in the file)"),
        (I, 1, ""),
        ({WEIGHTS: "Apache-2.0", CODE: "Apache-2.0", PAPER: "CC-BY-4.0"}, 1, ""),
        ({**I, CODE: "secret"}, 3, "Training code (licence 'secret' is not open)"),
        ({**I, WEIGHTS: "secret"}, None, "Model parameters (Final) (licence 'secret' is not open)"),
    ],
)  # fmt: skip
def test_a_class_wants_its_components_open_and_all_classes_before_it(components, level, wants):
    model = mof.model(release(components), RULES)
    assert mof.classified(model, RULES) == level
    following = {None: 3, 3: 2, 2: 1, 1: 1}[level]
    assert ", ".join(mof.wants(model, following, RULES)) == wants


@pytest.mark.parametrize(
    ("licence", "is_open"),
    [
        ("Apache-2.0", True), ("Apache-1.0", True), ("C-UDA-1.0", True), ("OpenMDW-1.0", True), ("FreeBSD-DOC", False),
        ("CC-BY-4.0", True), ("CC-BY-SA-3.0-AT", True), ("ODC-By-1.0", True), ("CDLA-Permissive-2.0", True),
        ("CC-BY-NC-4.0", False), ("CC-BY-ND-4.0", False), ("CC BY-SA 4.0", False), ("CC-BY-4.0 ", False), ("", False),
    ],
)  # fmt: skip
def test_a_licence_is_open_by_its_exact_name(licence, is_open):
    assert mof_licences.is_open(licence, RULES.listed) is is_open


@pytest.mark.parametrize(
    ("own", "licences", "found"),
    [
        ("MIT", {"code": "Apache-2.0"}, "MIT"),
        (None, {"code": "Apache-2.0", "distribution": "MIT"}, "Apache-2.0"),
        (None, {"code": "", "distribution": "MIT"}, "MIT"),
        (None, {"data": "MIT"}, ""),
        ("", {"distribution": "MIT"}, ""),
    ],
)
def test_a_component_without_a_licence_of_its_own_inherits_the_nearest(own, licences, found):
    assert mof.model(release({CODE: own}, **licences), RULES).licences == {CODE: found}


def test_a_class_that_differs_is_explained_by_what_is_missing():
    model = mof.model(release(III), RULES)
    header = "file,mof_class_computed,components_included,components_open_licensed\n"
    explained = "mof m: class III; class II wants Training code (not in the file)"
    assert mof.check([model], RULES, file("models.csv", f"{header}m,3,2,2\n")) == mof.Check(
        (explained,),
        (),
        "mof: 1 of 1 classified (1 III, 0 II, 0 I); 0 differ from models.csv",
    )
    other = mof.check([model], RULES, file("models.csv", f"{header}m,2,2,2\ngone,,0,0\n"))
    assert other.mismatches == (
        f"{explained}; here class III, 2 components, 2 open; there class II, 2 components, 2 open",
        "mof gone: wants a file, models.csv has it and there is none",
    )
    assert mof.check([model], RULES, file("models.csv", header)).mismatches == (
        "mof m: wants a row to compare with, has none",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("release: [", "models/m.yml line 1: wants plain YAML, has"),
        ("- a", "models/m.yml: wants a mapping, has a list"),
        ("release: {name: M}", "models/m.yml: framework: wants a mapping, has nothing"),
        ("framework: {version: 1}\nrelease: {components: [{name: Soul}]}", "components[0]: wants a component of the f"),
        ("framework: {version: 1}\nrelease: {components: [Soul]}", "components[0]: wants a mapping, has a text"),
        ("framework: {version: 1}\nrelease: {name: [M]}", "models/m.yml: release: name: wants a text, has a list"),
        (
            "framework: {version: 1}\nrelease: {components: [{name: Training code}, {name: Training code}]}",
            "models/m.yml: components[1]: wants each component once, has 'Training code' again",
        ),
        (
            "framework: {version: 1}\nrelease: {license: {code: MIT}, components: [{name: Training code}]}",
            "models/m.yml: components[0]: inherited licence: wants a mapping, has a text",
        ),
        ("framework: {version: 1}\nrelease: {license: MIT}", "release: license: wants a mapping, has a text"),
    ],
)
def test_a_broken_model_file_is_named_with_its_place(text, message):
    with pytest.raises(RatingError) as told:
        mof.model(file("models/m.yml", text), RULES)
    assert message in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"licenses": [1]}', '{"licenses": [{"isOsiApproved": true}]}', "{", "[" * 100_000]
)
def test_a_broken_licence_list_is_named(text):
    with pytest.raises(RatingError, match=r"^l\.json: wants licences as SPDX lists them, has "):
        mof.rules(file("c.yml", COMPONENTS), file("l.json", text))


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "a: &x 1",
        "a: " + "[" * 40 + "]" * 40,
        "a: 1\na: 2",
        "a: {b: 1, b: 2}",
        '"\\U7fffffff": 1',
        "a: \x00",
        r'a: "\0"',
        r'a: "\ud800"',
        "? [a]\n: b",
    ],
)
def test_yaml_that_could_unfold_or_hide_something_is_refused(text):
    with pytest.raises(RatingError, match=r"^hostile\.yml.*: wants plain YAML, has ") as told:
        yaml_file.mapping(file("hostile.yml", text))
    assert len(str(told.value)) < 200


def test_yaml_scalars_stay_the_texts_that_were_written():
    assert yaml_file.mapping(file("f", "a: no\nb: 2025-01\nc: 1.10\nd:\n")) == {
        "a": "no", "b": "2025-01", "c": "1.10", "d": "",
    }  # fmt: skip


def system(**classes):
    given = dict.fromkeys(osai.CRITERIA, "closed") | classes
    body = {"system": {"name": "S", "endmodelname": "S-1"}, "org": {"name": "P"}}
    body |= {
        name: {"class": verdict, "link": ["https://a.example", "https://b.example"]} for name, verdict in given.items()
    }
    return file("systems/s.yaml", json.dumps(body))


@pytest.mark.parametrize(
    ("classes", "points"),
    [
        ({}, "0"),
        ({"paper": "open"}, "1"),
        ({"paper": "partial"}, "0.5"),
        ({"paper": "open", "code": "partial", "licenses": "open"}, "2.5"),
        (dict.fromkeys(osai.CRITERIA, "open"), "12"),
    ],
)
def test_open_counts_one_and_partial_a_half(classes, points):
    one = osai.system(system(**classes))
    assert one.points == Decimal(points)
    (rating,) = osai.ratings([one])
    assert rating.figures[0] == Figure("open 1, partial ½, plain sum", points, "of 12 criteria", published=False)
    assert (rating.subject, rating.dated) == ("S: S-1", None)
    assert rating.judgements[0].source == "https://a.example https://b.example"


def test_a_sum_that_differs_is_named():
    one = osai.system(system(paper="open"))
    header = "file,criteria_scored,points_open1_partial0.5\n"
    assert osai.check([one], file("systems.csv", f"{header}s,12,1.0\n")).mismatches == ()
    other = osai.check([one], file("systems.csv", f"{header}s,12,1.5\ngone,12,0\n"))
    assert other.mismatches == (
        "osai s: counted 1 of 12, there 1.5 of 12",
        "osai gone: wants a file, systems.csv has it and there is none",
    )
    assert other.summary == "osai: 0 of 1 sums equal systems.csv"


def test_a_template_without_a_name_is_no_system():
    template = replace(osai.system(system()), name="")
    assert osai.ratings([template]) == []
    assert "names no system" in osai.check([template], file("systems.csv", "file,criteria_scored,"
                                                            "points_open1_partial0.5\ns,12,0\n")).notes[0]  # fmt: skip


def test_a_criterion_that_is_missing_or_misspelt_is_named():
    with pytest.raises(
        RatingError, match=r"^systems/s\.yaml: paper: class: wants open, partial or closed, has 'opne'$"
    ):
        osai.system(system(paper="opne"))
    lacking = system()
    with pytest.raises(RatingError, match=r"^systems/s\.yaml: paper: wants a mapping, has nothing$"):
        osai.system(file(lacking.name, lacking.text.replace('"paper"', '"papre"')))


def test_a_name_too_long_to_be_kept_is_refused():
    whole = osai.system(system())
    with pytest.raises(RatingError, match=r"^osai: wants names of at most 300 characters, has 'xxx"):
        osai.ratings([replace(whole, producer="x" * 301)])


def test_an_input_is_named_by_the_hash_of_what_sha256sum_prints():
    one, two = file("b", "2"), file("a", "1")
    printed = f"{two.sha256}  a\n{one.sha256}  b\n"
    assert sha256_of([one, two]) == sha256_of([two, one]) == hashlib.sha256(printed.encode()).hexdigest()


def rated(edition_name, total, titles):
    figures = (Figure("overall", str(total), "points of 100", published=True),)
    judgements = tuple(Judgement(one, one, "1") for one in titles)
    return Rating("fmti", edition_name, "A", "A-1", None, figures, judgements, "", "", "", "")


HISTORY = [rated("2025-12", 35, "xyz"), rated("2023-10", 48, "abc"), rated("2024-05", 49, "abc")]


def test_totals_are_compared_only_where_the_same_was_asked():
    steps = trend.steps(HISTORY)
    assert [(one.edition, one.comparable) for one in steps] == [
        ("2023-10", None),
        ("2024-05", True),
        ("2025-12", False),
    ]
    assert [[one.edition for one in run] for run in trend.lines(steps)] == [["2023-10", "2024-05"], ["2025-12"]]
    assert trend.steps([]) == []


def test_the_line_of_a_trend_breaks_where_totals_are_not_compared():
    steps = trend.steps(HISTORY)
    drawn = picture.render("A & <b>", steps)
    tree = ET.fromstring(drawn)
    joined = [one.get("d") for one in tree.iter(f"{SVG}path") if one.get("fill") == "none"]
    dots = [f"{one.get('cx')}" for one in tree.iter(f"{SVG}circle")]
    assert len(dots) == 3
    assert len(joined) == 1
    assert joined[0].count(" L") == 1
    assert f"{float(joined[0].split(' L')[1].split()[0]):.2f}" == dots[1]
    assert "not comparable" in tree.find(f"{SVG}desc").text
    assert drawn == picture.render("A & <b>", steps)
    assert not {"style", "script", "class"} & {word for node in tree.iter() for word in (node.tag, *node.keys())}


def test_every_alias_names_a_model_of_the_catalogue():
    models = catalog_files.load([catalog_files.BUNDLED]).models
    found = aliases.bundled()
    assert set(found.models.values()) <= set(models)
    assert {source for source, _, _ in found.models} <= {"fmti", "mof", "osai"}


def test_only_an_exact_name_is_an_alias():
    known = rated("2025-12", 35, "x")
    for producer, subject, model in [
        ("OpenAI", "o3", "openai/o3"),
        ("OpenAI", "o3-mini", None),
        ("OpenAI", "O3", None),
        ("Openai", "o3", None),
        ("Meta", "Llama 4", None),
    ]:
        assert aliases.bundled().model(replace(known, producer=producer, subject=subject)) == model


def test_a_company_under_two_names_is_one():
    assert aliases.bundled().names("fmti", "Stability") == {"Stability AI", "Stability"}
    assert aliases.bundled().names("fmti", "Meta") == {"Meta"}
