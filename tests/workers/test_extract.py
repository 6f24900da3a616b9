"""`pellucid extract`: every finding of some files, with its quote, and no database."""

import json

import pytest
from click.testing import CliRunner

from scorecards import extraction
from workers.cli import cli

CARD = "# Acme-7\n\nAcme-7 has 42B parameters. Halcyon has 671B parameters.\n"
ASKED = ["extract", "--developer", "acme", "--model", "acme-7"]


@pytest.fixture
def card(tmp_path):
    file = tmp_path / "README.md"
    file.write_bytes(CARD.encode())
    return file


def rows(*arguments):
    done = CliRunner().invoke(cli, [*ASKED, "--json", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return {row["indicator"]: row for row in json.loads(done.stdout)}


def test_each_finding_has_the_place_of_its_quote(card):
    row = rows(card)["parameter_count"]
    assert (row["state"], row["value"], row["unit"], row["file"]) == (
        "disclosed",
        "42000000000",
        "parameters",
        str(card),
    )
    assert card.read_bytes()[row["start"] : row["end"]].decode() == row["quote"]
    assert "42B" in row["quote"]


def test_a_folder_is_all_its_files(card):
    assert rows(card.parent) == rows(card)


def test_the_names_of_the_labels_are_answered_once_each(card):
    found = rows("--names", "gold", card)
    assert set(found) == set(extraction.GOLD)
    assert found["params_total"]["state"] == "disclosed"
    assert found["price"]["state"] == "absent"


@pytest.mark.parametrize(
    ("name", "message"), [("none.md", "none.md: wants a readable file"), ("empty", "empty: wants files in it")]
)
def test_what_cannot_be_had_is_named(tmp_path, name, message):
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(cli, [*ASKED, str(tmp_path / name)])
    assert done.exit_code == 1
    assert message in str(done.exception) + done.output
