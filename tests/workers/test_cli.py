"""The command line as a process: what people get wrong gets one line that says what was wanted and found."""

import contextlib
import json
import sqlite3

import pytest

from service import signatures
from service.store import migrate
from tests.scorecards.compare.test_importers import promptfoos, row

WRONG_USE, FAILED = 2, 1


def complaint(done, code=FAILED):
    """Return the one line on stderr of a command that ended with this code."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 or code == WRONG_USE, done.stderr
    return lines[-1]


@pytest.fixture
def stocked(chat_server, make_instance, tmp_path):
    """Return a function that makes an instance which knows the stub's models, reached at host and port."""

    def make(catalog=None, **settings):
        instance = make_instance(**settings)
        file = tmp_path / "stub.toml"
        file.write_text(catalog or chat_server.catalog())
        assert instance.run("models", "add", str(file)).returncode == 0
        return instance

    return make


@pytest.mark.parametrize(
    ("settings", "arguments", "message"),
    [
        ({}, ["show", "nobody/nothing"], "wants a model of the catalogue "),
        ({}, ["score", "nobody/nothing"], "wants a model of the catalogue"),
        ({}, ["collect", "nobody/nothing", "--from", "x.md"], "wants a model of the catalogue"),
        ({}, ["challenge", "a/b", "Z9", "--url", "http://x", "--quote", ""], "model: wants a model of the catalogue"),
        ({}, ["probe", "nobody/nothing"], "wants an endpoint or model of the catalogue"),
        ({}, ["keys", "revoke", "nothing"], "wants the id of a token"),
        ({"PORT": "eighty"}, ["up"], "PELLUCID_PORT: wants a port between 1 and 65535, has 'eighty'"),
        ({"PROT": "80"}, ["up"], "PELLUCID_PROT: is no setting, wants one of PELLUCID_DATA_DIR"),
        ({"ALLOW_NETWORKS": "10.0.0.0/99"}, ["up"], "PELLUCID_ALLOW_NETWORKS: wants networks such as"),
        ({"READER_ENDPOINT": "m0"}, ["up"], "PELLUCID_READER_ENDPOINT: wants the ref of an endpoint, "),
        ({"READER_TOKENS": "10"}, ["up"], "PELLUCID_READER_TOKENS: wants a number of tokens, at least 400, has '10'"),
        ({"MASTER_KEY": "short"}, ["keys", "list"], "wants 32 bytes as URL-safe base64, has 5 other characters"),
        ({"MASTER_KEY_FILE": "/nowhere"}, ["up"], "PELLUCID_MASTER_KEY_FILE: wants a readable file, has '/nowhere'"),
        ({"DATA_DIR": "/proc/pellucid"}, ["up"], "data folder /proc/pellucid: wants a folder that can be written"),
        ({"CATALOG_DIR": "/nowhere"}, ["up"], "/nowhere"),
        ({}, ["worker"], "PELLUCID_BROKER_URL: worker wants redis://"),
        ({}, ["beat"], "PELLUCID_BROKER_URL: beat wants redis://"),
        ({"DATABASE_URL": "mysql://x"}, ["migrate"], "PELLUCID_DATABASE_URL: wants sqlite:///FILE or"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_that_says_what_was_wanted(make_instance, settings, arguments, message):
    assert message in complaint(make_instance(**settings).run(*arguments))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
        (["keys", "create", "--scope", "everything"], "'everything' is not one of"),
        (["collect", "a/b", "--mirror-of", "https://x.example"], "--mirror-of wants an https URL, and files or"),
        (["challenge", "a/b", "B3", "--quote", "x"], "Missing option '--url'"),
        (["challenge", "a/b", "B3", "--url", "x", "--quote", "x", "--kind", "rude"], "'rude' is not one of"),
    ],
)
def test_wrong_use_exits_with_2(make_instance, arguments, message):
    assert message in complaint(make_instance().run(*arguments), WRONG_USE)


def test_a_broken_catalogue_file_is_named_with_its_key(make_instance, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.toml").write_text('[[model]]\nref = "mine/m"\nname = 7\nsource = "s"\nchecked = 2026-11-24\n')
    line = complaint(make_instance(CATALOG_DIR=own).run("up"))
    assert "mine.toml: model[0].name" in line
    assert "wants" in line
    assert "mine.toml: model[0].name" in complaint(make_instance().run("models", "add", str(own / "mine.toml")))


def test_a_database_of_a_newer_version_is_refused(make_instance):
    instance = make_instance()
    assert instance.run("migrate").returncode == 0
    with contextlib.closing(sqlite3.connect(instance.folder / "pellucid.db")) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    wanted = f"wants version {migrate.wanted()} or older, has 9999, made by a newer Pellucid"
    assert wanted in complaint(instance.run("up"))


def probed(instance, target="stub:m0", probe="identity"):
    done = instance.run("probe", target, "--probe", probe, "--json")
    assert done.returncode == 0, done.stderr
    readings = json.loads(done.stdout)
    card = json.loads(instance.run("show", "stub/m0", "--json").stdout)
    endpoint = next(one for one in card["endpoints"] if one["ref"] == "stub:m0")
    return readings, card, endpoint


def test_a_probe_of_a_model_that_answers_is_on_its_card(stocked):
    readings, card, endpoint = probed(stocked(), probe="latency")
    assert endpoint["status"] == "measured"
    assert endpoint["outcomes"] == {"ok": 24}
    assert card["pillars"]["performance"]["score"] is not None
    assert {one["finding"] for one in readings} <= {"known", "unmeasured"}


def test_a_model_that_does_not_answer_is_unchecked_and_never_zero(chat_server, stocked):
    instance = stocked(chat_server.catalog(port=9))
    readings, card, endpoint = probed(instance, probe="latency")
    assert {one["finding"] for one in readings} == {"unmeasured"}
    assert endpoint["status"] == "unchecked"
    assert endpoint["reason"].startswith("reset: wanted a connection to 127.0.0.1")
    assert card["pillars"]["performance"]["score"] is None
    assert {one["state"] for one in card["verdicts"]} == {"unchecked"}


def test_a_wrong_key_is_unchecked_under_its_name(chat_server, stocked):
    chat_server.key = "right"
    _, card, endpoint = probed(stocked(), probe="latency")
    assert (endpoint["status"], endpoint["outcomes"]) == ("unchecked", {"auth": 3})
    assert endpoint["reason"].startswith("auth: HTTP 401")
    assert card["pillars"]["transparency"]["score"] is None


def test_a_missing_key_names_the_variable(chat_server, stocked):
    catalog = chat_server.catalog().replace("first_party = true", 'first_party = true\nkey_env = "STUB_API_KEY"')
    _, card, endpoint = probed(stocked(catalog))
    wanted = "no key: wants STUB_API_KEY in the workers' environment, it is not set"
    assert (endpoint["status"], endpoint["reason"]) == ("unchecked", wanted)
    reasons = {one["indicator"]: one["reason"] for one in card["verdicts"]}
    assert reasons["A2"] == wanted


def test_an_address_that_was_not_opened_is_refused(stocked):
    _, _, endpoint = probed(stocked(ALLOW_NETWORKS="10.99.0.0/16"))
    assert endpoint["status"] == "unchecked"
    assert "127.0.0.1" in endpoint["reason"]


def test_a_document_somebody_hands_in_is_claimed_and_an_unreadable_one_is_named(stocked, tmp_path):
    instance = stocked()
    file = tmp_path / "README.md"
    file.write_text("---\nlicense: mit\nbase_model: stub/base\n---\n# m0\n")
    assert instance.run("collect", "stub/m0", "--from", str(file)).returncode == 0
    card = json.loads(instance.run("show", "stub/m0", "--json").stdout)
    verdicts = {one["indicator"]: one for one in card["verdicts"]}
    assert (verdicts["A6"]["state"], verdicts["A6"]["points"], verdicts["A6"]["value"]) == ("claimed", "0", "stub/base")
    assert verdicts["A6"]["evidence"][0]["quote"]["text"].startswith("base_model: stub/base")
    assert "wants a regular file" in complaint(instance.run("collect", "stub/m0", "--from", "/dev/zero"))
    assert "wants a readable file" in complaint(instance.run("collect", "stub/m0", "--from", str(tmp_path / "none.md")))


def test_a_mirror_of_what_the_developer_publishes_counts_as_its_word_and_a_second_look_finds_it_unchanged(
    make_instance, tmp_path
):
    instance = make_instance()
    model, repository = "deepseek/deepseek-v4.1-flash-1017", "deepseek-ai/DeepSeek-V4.1-Flash-1017"
    mirror = tmp_path / "mirror" / "huggingface.co" / repository / "resolve" / "main"
    mirror.mkdir(parents=True)
    (mirror / "README.md").write_text("---\nlicense: mit\n---\n# DeepSeek-V4.1-Flash-1017\n")
    (mirror / "config.json").write_text('{"model_type": "deepseek", "max_position_embeddings": 1048576}')
    asked = ("collect", model, "--from", str(tmp_path / "mirror"), "--mirror-of", "https://huggingface.co/", "--json")
    first, second = (json.loads(instance.run(*asked).stdout) for _ in range(2))
    assert [one["url"].rpartition("/")[2] for one in first["documents"]] == ["README.md", "config.json"]
    assert [{one["outcome"] for one in told["documents"]} for told in (first, second)] == [{"read"}, {"unchanged"}]
    card = json.loads(instance.run("show", model, "--json").stdout)
    states = {one["value"]: one["state"] for one in card["verdicts"]}
    assert states["mit"] == "disclosed"


@pytest.mark.parametrize(
    "arguments",
    [["keys", "list"], ["models", "list"], ["doctor"], ["score", "stub/m0"], ["keys", "create", "--scope", "admin"]],
)
def test_json_is_json(stocked, arguments):
    done = stocked().run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list | dict)


def test_a_card_is_shown_by_another_rubric(stocked):
    instance = stocked()
    assert instance.run("score", "stub/m0").returncode == 0
    whole, told = (
        json.loads(instance.run("show", "stub/m0", "--json", *more).stdout) for more in ([], ["--view", "mof"])
    )
    assert (told["card"], told["view"], told["summary"]["class"]) == (whole["id"], "mof", None)
    shown = instance.run("show", "stub/m0", "--view", "mof")
    assert shown.returncode == 0, shown.stderr
    assert "Model parameters (Final)" in shown.stdout
    assert "class: none" in shown.stdout
    refused = instance.run("show", "stub/m0", "--view", "all")
    assert refused.returncode == 2
    assert "fmti-2025-mapped" in refused.stderr


def test_people_can_read_a_card_in_the_terminal(stocked):
    instance = stocked()
    assert instance.run("score", "stub/m0").returncode == 0
    done = instance.run("show", "stub/m0")
    assert done.returncode == 0
    assert "transparency" in done.stdout
    assert "not measured" in done.stdout


def test_a_subscription_is_made_pinged_and_told_of_in_the_terminal(make_instance, receiver):
    instance = make_instance(WEBHOOK_NETWORKS="127.0.0.0/8")

    def run(*arguments):
        done = instance.run("subscriptions", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    made = json.loads(run("create", receiver.url, "--type", "verdict.changed", "--header", "X-Api-Key=abc", "--json"))
    assert (made["state"], made["headers"]) == ("active", ["x-api-key"])
    assert signatures.check_secret(made["secret"]) is None
    key = made["id"]
    assert "subscription.test" in run("deliveries", key)
    assert key in run("list")
    assert "thin" in run("change", key, "--payload", "thin")
    assert json.loads(run("rotate", key, "--json"))["secret"] != made["secret"]
    assert "paused" in run("disable", key)
    receiver.status = 500
    refused = instance.run("subscriptions", "enable", key)
    assert "wants an answer with 2xx, has server_error" in complaint(refused)
    assert "0 deliveries" in run("recover", key, "--since", "2026-01-01")
    event = json.loads(run("deliveries", key, "--json"))[0]["event"]
    assert "is sent again" in run("resend", key, event)
    assert "0 deliveries" in run("replay", key, "--after", event)
    assert "deleted" in run("delete", key, "--yes")
    assert "wants the id of a subscription" in complaint(instance.run("subscriptions", "show", key))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "https://10.0.0.1/", "--type", "verdict.changed"], "url: wants a host on the public internet"),
        (["create", "https://example.org/"], "types: wants at least one type of event"),
        (["create", "https://example.org/", "--type", "verdict.changed", "--secret", "x"], "secret: wants whsec_"),
        (
            ["create", "https://example.org/", "--type", "verdict.changed", "--header", "Host=x"],
            "headers: wants some of",
        ),
        (["ping", "sub_none"], "wants the id of a subscription, has 'sub_none'"),
        (["recover", "sub_none", "--since", "2026-01-01"], "wants the id of a subscription"),
    ],
)
def test_what_is_wrong_with_a_subscription_is_one_line(make_instance, arguments, message):
    assert message in complaint(make_instance().run("subscriptions", *arguments))


def test_endpoints_are_compared_in_the_terminal_and_files_are_written(stocked, tmp_path, chat_server):
    chat_server.answer = lambda text: ["hello "] if "hello" in text else ["bye "]
    instance = stocked(ALLOW_NETWORKS="127.0.0.0/8")
    rows = [{"prompt": f"Say hello, {name}.", "checks": [{"kind": "contains", "texts": ["hello"]}]} for name in "abc"]
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(map(json.dumps, [*rows, {"prompt": ""}])))
    out = tmp_path / "out"
    ends = ["stub:m0", "stub:m1"]
    done = instance.run("compare", *ends, "--prompts", str(file), "--seed", "s", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "100.0 %" in done.stdout
    report = json.loads((out / "report.json").read_text())
    assert [one["row"] for one in report["prompts"]["left_out"]] == [4]
    assert [one["ref"] for one in report["endpoints"]] == ends
    outputs = [json.loads(one) for one in (out / "outputs.jsonl").read_text().splitlines()]
    assert [[len(one["endpoints"][ref]) for ref in ends] for one in outputs] == [[2, 1]] * 3
    assert "Say hello, a." in (out / "promptfooconfig.yaml").read_text()
    page = (out / "report.html").read_text()
    assert "stub:m0 beside stub:m1" in page
    assert page.count('class="output"') == 3 * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "endpoints: wants 2 to 8, has 0"),
        (["stub:m0", "stub:m0", "--set", "basics_en"], "that differ"),
        (["stub:m0", "no:where", "--set", "basics_en"], "has 'no:where'"),
        (["stub:m0", "stub:m1", "--set", "nothing"], "sets: wants some of"),
        (["stub:m0", "stub:m1"], "prompts: wants a prompt to ask"),
        (["stub:m0", "stub:m1", "--set", "basics_en", "--judge", "no:where"], "judge: wants endpoints of"),
    ],
)
def test_what_cannot_be_compared_is_one_line(stocked, arguments, message):
    assert message in complaint(stocked(ALLOW_NETWORKS="127.0.0.0/8").run("compare", *arguments))


def test_results_of_others_are_reported_without_asking_anybody(make_instance, tmp_path):
    file, out = tmp_path / "results.json", tmp_path / "out"
    file.write_bytes(promptfoos(*(row(provider) for provider in ("a:one", "b:two"))))
    done = make_instance().run("compare", "--results", str(file), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert [one["ref"] for one in json.loads((out / "report.json").read_text())["endpoints"]] == ["a:one", "b:two"]
    assert (out / "report.html").read_text().count('class="output"') == 2


def test_a_judge_is_shown_beside_and_warned_of_where_it_may_prefer_its_own(stocked, chat_server):
    chat_server.answers["m2"] = lambda _: ["WINNER: 1"]
    sets = ["--set", "basics_en", "--per-set", "3"]
    done = stocked(ALLOW_NETWORKS="127.0.0.0/8").run("compare", "stub:m0", "stub:m1", *sets, "--judge", "stub:m2")
    assert done.returncode == 0, done.stderr
    assert "stub:m2 judges; in no verdict" in done.stdout
    assert "the judge and stub:m0 are both of stub" in " ".join(done.stdout.split())


def drill_files(folder, **changes):
    """Write an app's file with prompts beside it, and return its path."""
    rows = [{"prompt": f"Say hello, {name}.", "checks": [{"kind": "contains", "texts": ["hello"]}]} for name in "abc"]
    (folder / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    told = {"name": "mine", "baseline": "stub:m0", "candidates": ["stub:m1"], "prompts": "mine.jsonl"} | changes
    file = folder / "app.toml"
    file.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in told.items()))
    return str(file)


def test_a_program_is_drilled_in_the_terminal_and_its_pack_is_written(stocked, tmp_path, chat_server):
    chat_server.answers = {"m0": lambda _: ["hello "], "m1": lambda _: ["bye "]}
    out = tmp_path / "out"
    done = stocked().run("swap", "--app", drill_files(tmp_path), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "stub:m1" in done.stdout
    assert "wrong_answer" in done.stdout
    told = json.loads((out / "report.json").read_text())
    assert told["candidates"][0]["recommendation"]["advice"] == "stay"
    assert {"README.md", "litellm.yaml", "switch.env"} <= {one.name for one in out.iterdir()}
    assert len((out / "failing_prompts.jsonl").read_text().splitlines()) == 3


def test_endpoints_that_are_named_take_the_place_of_the_files(stocked, tmp_path, chat_server):
    chat_server.answer = lambda _: ["hello "]
    done = stocked().run("swap", "stub:m2", "stub:m3", "--app", drill_files(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["baseline"]["ref"], [one["ref"] for one in told["candidates"]]) == ("stub:m2", ["stub:m3"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"repeats": 0}, "app.toml: repeats: wants a whole number from 1 to 10, has 0"),
        ({"prompts": "other.jsonl"}, "app.toml: prompts: wants a file beside it, has no other.jsonl"),
        ({"candidates": ["no:where"]}, "app.toml: candidates: wants endpoints of the catalogue, has 'no:where'"),
    ],
)
def test_what_cannot_be_drilled_is_one_line(stocked, tmp_path, changes, message):
    assert message in complaint(stocked().run("swap", "--app", drill_files(tmp_path, **changes)))
