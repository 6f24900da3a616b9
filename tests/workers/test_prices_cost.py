"""`pellucid prices cost` on a fresh data folder, with nothing but the bundled prices."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner

from workers.cli import prices

BOTH = ("--input", "1000000", "--output", "1000000")
SMALL = ("--input", "200000", "--output", "200000")


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Return a function that runs the command over one data folder."""
    folder = str(tmp_path_factory.mktemp("data"))

    def run(*arguments):
        return CliRunner(env={"PELLUCID_DATA_DIR": folder, "COLUMNS": "140"}).invoke(
            prices.COMMAND, ["cost", *arguments]
        )

    return run


@pytest.mark.parametrize(
    ("endpoint", "counts", "at", "total"),
    [
        ("deepseek:deepseek-flash", BOTH, "2026-11-23T02:00Z", "1.50"),
        ("deepseek:deepseek-flash", BOTH, "2026-11-23T12:00Z", "0.75"),
        ("deepseek:deepseek-flash", BOTH, "2026-11-21T02:00Z", "0.75"),
        ("deepseek:deepseek-flash", BOTH, "2026-10-01T02:00Z", "0.75"),
        ("openai:o3", BOTH, "2025-07-01", "10"),
        ("openai:gpt-5.6-sol", SMALL, "2026-08-20T12:00Z", "7.00"),
        ("openai:gpt-5.6-sol", SMALL, "2026-08-23T12:00+00:00", "4.80"),
        ("openai:gpt-5.6-sol", BOTH, "2026-08-20T12:00Z", "55"),
    ],
)
def test_golden_prices_from_the_bundled_seed(ask, endpoint, counts, at, total):
    found = json.loads(ask(endpoint, *counts, "--at", at, "--json").stdout)
    assert Decimal(found["total"]) == Decimal(found["usd"]) == Decimal(total)
    assert (found["currency"], found["rate"], found["flags"]) == ("USD", None, [])
    assert found["state"] in ("agreed", "single_source", "disputed")
    assert [one["meter"] for one in found["facts"]] == ["input", "output"]
    assert all(source["url"] for one in found["facts"] for source in one["sources"])


@pytest.mark.parametrize("instant", ["2026-11-23T02:00Z", "2025-05-01"])
def test_an_unknown_endpoint_or_instant_is_no_error_and_has_no_total(ask, instant):
    for endpoint in ("openai:o3-turbo-none", "openai:o3") if instant == "2025-05-01" else ("openai:o", "nothing"):
        done = ask(endpoint, *BOTH, "--at", instant, "--json")
        found = json.loads(done.stdout)
        assert (done.exit_code, found["state"], found["total"], found["facts"]) == (0, "unknown", None, [])
        told = ask(endpoint, *BOTH, "--at", instant)
        assert (told.exit_code, len(told.stdout.splitlines())) == (0, 1)
        assert f"{endpoint} at " in told.stdout


def test_a_listed_currency_a_workload_and_a_mix_of_ones_own(ask, tmp_path):
    at = ("--at", "2026-11-23T12:00Z")
    yuan = json.loads(ask("deepseek:deepseek-flash", *BOTH, *at, "--currency", "cny", "--json").stdout)
    assert (yuan["total"], yuan["currency"], yuan["rate"]["per_usd"]) == ("5", "CNY", "6.737012")
    chat = json.loads(ask("deepseek:deepseek-flash", "--workload", "chat", *at, "--json").stdout)
    assert (chat["total"], chat["workload"], chat["tasks"]) == ("0.39", "chat", 1000)
    mine = tmp_path / "mine.toml"
    mine.write_text("[workload.mine]\ninput = 1000\ncached = 1000\n")
    mixed = json.loads(ask("deepseek:deepseek-flash", "--mix", str(mine), *at, "--json").stdout)
    assert (mixed["total"], mixed["usage"]) == ("0.003", {"input": 1000, "cached": 1000})


def test_what_cannot_be_decided_is_said_to_people_with_every_price(ask):
    told = ask("deepseek:deepseek-flash", *BOTH, "--at", "2027-01-04T02:00Z").stdout
    for said in ("0.75 to 1.5 USD", "deepseek off peak", "note: holidays of cn are not known for 2027"):
        assert said in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "wants counts (--input, --output, …) or --workload, has neither"),
        (("--input", "1", "--workload", "chat"), "has both"),
        (("--workload", "none"), "--workload wants one of chat, retrieval"),
        (("--workload", "chat", "--tier", "batch"), "a workload says its own"),
        (("--input", "-1"), "--input"),
        (("--input", "5", "--cached", "9"), "cached 9 + cache_write 0 want to be at most input, which is 5"),
        (("--input", "5", "--at", "noon"), "wants an instant such as 2026-11-23T02:00Z, has 'noon'"),
    ],
)
def test_wrong_use_says_what_was_wanted(ask, arguments, said):
    done = ask("openai:o3", *arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_a_mix_that_cannot_be_read_is_told_in_one_line(ask, tmp_path):
    (tmp_path / "mine.toml").write_text("[workload.mine]\ntokens = 1\n")
    for name in ("mine.toml", "none.toml"):
        error = ask("openai:o3", "--mix", str(tmp_path / name)).exception
        assert "wants a file of workloads" in str(error)
