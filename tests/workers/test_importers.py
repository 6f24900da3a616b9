"""The real files of others, where they are at hand: every published number again, and what people get wrong."""

import csv
import io
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from scorecards.ratings.rating import RatingError
from workers import importers
from workers.importers import _importer

SHARED = Path(__file__).parents[2].parent / "shared"
IMPORTERS = importers.load()
NUMBERS = {"2023-10": 193, "2024-05": 265, "2025-12": 275}


@pytest.fixture
def folder(request):
    """The source's folder beside this checkout."""
    found = SHARED / request.param
    if not found.is_dir():
        pytest.skip(f"needs shared/{request.param}, which is not beside this checkout")
    return found


def of(source):
    return pytest.mark.parametrize("folder", [source], indirect=True)


def test_each_source_has_one_importer():
    assert list(IMPORTERS) == ["fmti", "mof", "osai"]


@of("fmti")
def test_all_733_published_numbers_of_the_index_are_reproduced(folder):
    found = IMPORTERS["fmti"].check(folder)
    assert found.mismatches == ()
    assert found.summary == "733 of 733 published numbers reproduced"
    assert [int(re.search(r"(\d+) published", note)[1]) for note in found.notes] == list(NUMBERS.values())


@of("fmti")
def test_a_rating_holds_a_hundred_points_that_sum_to_its_total(folder):
    ratings = IMPORTERS["fmti"].ratings(folder)
    assert Counter(one.edition for one in ratings) == {"2023-10": 10, "2024-05": 14, "2025-12": 13}
    for one in ratings:
        assert len(one.judgements) == 100
        assert sum(int(each.verdict) for each in one.judgements) == int(one.figures[0].value)


@of("fmti")
def test_only_2025_asks_other_questions_than_the_edition_before(folder):
    asked = {one.edition: [each.title for each in one.judgements] for one in IMPORTERS["fmti"].ratings(folder)}
    assert asked["2023-10"] == asked["2024-05"] != asked["2025-12"]


@of("mof")
def test_classes_of_the_273_files_are_those_of_an_independent_count(folder):
    found = IMPORTERS["mof"].check(folder)
    assert found.mismatches == ()
    assert found.summary == "mof: 31 of 273 classified (16 III, 1 II, 14 I); 0 differ from models.csv"
    unclassified = [one for one in found.notes if "not classified" in one]
    assert len(unclassified) == 242
    assert all(re.search(r"class III wants \S.* \((not in the file|no licence|licence .* is not open)\)$", one)
               for one in unclassified)  # fmt: skip


@of("mof")
def test_licences_and_components_of_each_class_are_the_independent_ones_too(folder):
    with (folder / "model_components.csv").open(encoding="utf-8") as table:
        theirs = {(row["file"], row["component"]): row["status"] == "open" for row in csv.DictReader(table)}
    ours = {
        (one.subject, each.indicator): each.verdict == "open licence"
        for one in IMPORTERS["mof"].ratings(folder)
        for each in one.judgements
        if each.verdict != "not in the file"
    }
    assert ours == theirs


@of("osai")
def test_the_sums_of_the_index_are_those_of_an_independent_count(folder):
    found = IMPORTERS["osai"].check(folder)
    assert found.mismatches == ()
    assert found.summary == "osai: 194 of 194 sums equal systems.csv"
    ratings = IMPORTERS["osai"].ratings(folder)
    assert len(ratings) == 193
    assert all("10.5281/zenodo.15386042" in one.attribution for one in ratings)


def small(folder):
    """Write an index of one company and two questions; return the folder."""
    folder.mkdir(exist_ok=True)
    tables = {
        "indicators": "id,name,domain,subdomain\ni1,Size,Upstream,Data\ni2,Sources,Upstream,Data\n",
        "scores": "indicator_id,company,model,score,justification,source\ni1,OpenAI,o3,1,,\ni2,OpenAI,o3,0,,\n",
        "published_totals": "level,key,company,value,unit\noverall,all,OpenAI,1,points_of_100\n",
    }
    for name, text in tables.items():
        (folder / f"{name}_2025-12.csv").write_text(text)
    return folder


def run(instance, *arguments, code=0):
    done = instance.run("import", *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_an_import_is_done_once_and_a_changed_input_again(make_instance, tmp_path):
    instance, folder = make_instance(), small(tmp_path / "fmti")
    counts = []
    for point in (0, 0, 1):
        file = folder / "scores_2025-12.csv"
        file.write_text(file.read_text().replace("i2,OpenAI,o3,0", f"i2,OpenAI,o3,{point}"))
        counts.append(json.loads(run(instance, "fmti", str(folder), "--json").stdout))
    assert [(one["added"], one["unchanged"], one["mapped"]) for one in counts] == [(1, 0, 1), (0, 1, 1), (1, 0, 1)]
    assert run(instance, "fmti", str(folder)).stdout == "fmti: 0 added, 1 unchanged, 1 about models of ours\n"


def test_a_check_that_finds_a_mismatch_names_it_and_fails(make_instance, tmp_path):
    instance, folder = make_instance(), small(tmp_path / "fmti")
    assert run(instance, "fmti", str(folder), "--check").stdout.endswith("\n1 of 1 published numbers reproduced\n")
    file = folder / "published_totals_2025-12.csv"
    file.write_text(file.read_text().replace("OpenAI,1", "OpenAI,2"))
    done = run(instance, "fmti", str(folder), "--check", code=1)
    assert done.stdout.splitlines()[1:] == [
        "fmti 2025-12: overall all, OpenAI: published 2 points_of_100, recomputed 1",
        "0 of 1 published numbers reproduced",
    ]
    assert "wants no mismatch, has 1" in done.stderr
    told = json.loads(run(instance, "fmti", str(folder), "--check", "--json", code=1).stdout)
    assert (len(told["mismatches"]), told["summary"]) == (1, "0 of 1 published numbers reproduced")
    assert not (instance.folder / "pellucid.db").exists()


def test_a_folder_that_cannot_be_read_is_one_line(make_instance, tmp_path):
    instance, folder = make_instance(), small(tmp_path / "fmti")
    (folder / "scores_2025-12.csv").write_bytes(b"indicator_id\xff")
    for source, place, wanted in [
        ("fmti", folder, "scores_2025-12.csv: wants UTF-8, has byte 0xff at 12"),
        ("fmti", tmp_path / "none", "wants scores_*.csv, has none"),
        ("mof", folder, "components.yml: wants a file, has none"),
        ("osai", folder, "wants systems/*.yaml, has none"),
    ]:
        (line,) = run(instance, source, str(place), code=1).stderr.strip().splitlines()
        assert wanted in line
    assert "is not one of" in run(instance, "aa", str(folder), code=2).stderr


def test_a_file_too_large_or_none_at_all_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_importer, "MAX_BYTES", 10)
    (tmp_path / "large").write_bytes(b"x" * 11)
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "binary").write_bytes(b"a\0")
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbfa,b")
    with pytest.raises(RatingError, match="wants at most 10 bytes, has more"):
        _importer.read(tmp_path, "large")
    with pytest.raises(RatingError, match="wants a file, has none"):
        _importer.read(tmp_path, "zero")
    with pytest.raises(RatingError, match="wants text, has a NUL at character 1"):
        _importer.read(tmp_path, "binary")
    assert _importer.read(tmp_path, "marked").text == "a,b"


@of("fmti")
def test_one_point_changed_in_the_real_index_is_found(folder, tmp_path):
    for file in folder.glob("*_2025-12.csv"):
        shutil.copy(file, tmp_path)
    (tmp_path / "scores_2025-12.csv").chmod(0o600)
    rows = list(csv.reader(io.StringIO((folder / "scores_2025-12.csv").read_text(encoding="utf-8"))))
    changed = next(row for row in rows if row[2] == "DeepSeek" and row[4] == "0")
    changed[4] = "1"
    with (tmp_path / "scores_2025-12.csv").open("w", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows(rows)
    wrong = IMPORTERS["fmti"].check(tmp_path).mismatches
    assert "fmti 2025-12: overall all, DeepSeek: published 32 points_of_100, recomputed 33" in wrong
    assert all("DeepSeek" in one or "(average)" in one for one in wrong)
