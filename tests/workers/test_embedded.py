"""`pellucid up` as a process: it starts fast, ends cleanly, and keeps what it has published."""

import contextlib
import signal
import sqlite3
from pathlib import Path

import pytest


def _cards(instance, condition="1"):
    with contextlib.closing(sqlite3.connect(instance.folder / "pellucid.db", timeout=15)) as connection:
        return {one for (one,) in connection.execute(f"select id from cards where {condition}")}


def _ignore_sigint():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_cards_survive_a_second_start_and_background_jobs_end_on_ctrl_c(chat_server, make_instance, tmp_path):
    instance = make_instance()
    file = tmp_path / "stub.toml"
    file.write_text(chat_server.catalog())
    assert instance.run("models", "add", str(file), "--probe").returncode == 0
    child = instance.up(preexec_fn=_ignore_sigint)
    first_s = instance.ready_in(child)
    instance.until(lambda: _cards(instance, "model like 'stub/%'"), 20)
    code, stop_s = instance.stop(child)
    assert code == 0, instance.log.read_text()
    kept = _cards(instance)
    child = instance.up()
    second_s = instance.ready_in(child)
    assert second_s <= 10
    assert kept <= _cards(instance)
    print(f"ready {first_s:.2f} s, again {second_s:.2f} s, stopped {stop_s:.2f} s")  # noqa: T201 - for -s


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_right_after_start_ends_cleanly(make_instance, number):
    instance = make_instance()
    child = instance.up()
    instance.until(instance.folder.exists, 10)
    child.send_signal(number)
    assert child.wait(10) == 0, instance.log.read_text()


def test_a_started_service_is_small_and_its_secrets_are_private(make_instance):
    if not Path("/proc/self/status").exists():
        pytest.skip("wants /proc to read the size of a process")
    instance = make_instance()
    child = instance.up()
    instance.ready_in(child)
    for name in ("admin-token", "master-key"):
        assert (instance.folder / name).stat().st_mode & 0o777 == 0o600
    status = Path(f"/proc/{child.pid}/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    print(f"RSS {kib // 1024} MiB")  # noqa: T201 - for -s
    assert kib * 1024 < 150_000_000


def test_a_second_start_on_the_port_says_so_in_one_line(make_instance):
    instance = make_instance()
    instance.ready_in(instance.up())
    second = instance.run("up")
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"port {instance.port}" in second.stderr


def test_a_model_that_leaves_the_catalogue_leaves_no_failing_jobs(chat_server, make_instance, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "stub.toml").write_text(chat_server.catalog())
    instance = make_instance(CATALOG_DIR=own, PROBE_EVERY_S=1)
    assert instance.run("probe", "stub:m0", "--probe", "identity").returncode == 0
    before = _cards(instance, "model = 'stub/m0'")
    (own / "stub.toml").unlink()
    child = instance.up()
    instance.ready_in(child)
    instance.until(lambda: _probe_of_m0(instance) == (None, "", 0), 20)
    assert instance.stop(child)[0] == 0
    assert _cards(instance, "model = 'stub/m0'") == before
    assert '"ok": false' not in instance.run("doctor", "--json").stdout


def _probe_of_m0(instance):
    """Return when its job is next due, its last error, and how often it was begun without an end."""
    with contextlib.closing(sqlite3.connect(instance.folder / "pellucid.db", timeout=15)) as connection:
        columns = "select next_at, last_error, attempts from jobs"
        return connection.execute(f"{columns} where key = 'probe:identity:stub:m0'").fetchone()
