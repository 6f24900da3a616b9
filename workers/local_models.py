"""Starts and stops two small real language models on this machine, so that a first start has something to measure.

One child process per model; `python -m workers.local_models serve NAME --data-dir D` serves one by hand.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from scorecards.catalog import Cited, Developer, Endpoint, Model
from workers import http, local_server, local_weights
from workers.local_weights import MODELS, LocalModel, LocalModelsError, LocalModelsMissing

__all__ = ["MODELS", "LocalModel", "LocalModels", "LocalModelsError", "LocalModelsMissing"]

PROVIDER = "pellucid-local"
START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 3.0
CHILD_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "TMPDIR")
"""All that a child inherits: a server of strangers' weights has no use for anybody's keys."""
CITED = Cited("this machine", date(2026, 11, 24), "served from weights of a Python package")
DEVELOPERS = {
    "google": Developer("google", "Google", "US", CITED),
    "huggingface": Developer("huggingface", "Hugging Face", "US", CITED),
}


@dataclass(frozen=True, slots=True)
class _Child:
    model: LocalModel
    process: subprocess.Popen[bytes]
    stdout: IO[bytes]
    log: Path

    def base_url(self, deadline_s: float) -> str:
        """Return the address of its READY line once it answers there; `deadline_s` is of the monotonic clock."""
        words = self._line(deadline_s).split()
        if words[:1] != ["READY"]:
            raise LocalModelsError(f"local model {self._last_words()}")
        url = words[-1]
        _wait_healthy(url.removesuffix("/v1") + "/health", deadline_s)
        return url

    def _line(self, deadline_s: float) -> str:
        """Return its first line; "" when it ended without one."""
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self.stdout], [], [], max(0.0, deadline_s - time.monotonic()))[0]:
                raise LocalModelsError(f"local model {self.model.name}: not ready in time")
            piece = os.read(self.stdout.fileno(), 4096)
            if not piece:
                return ""
            line += piece
        return line.decode(errors="replace")

    def _last_words(self) -> str:
        code = self.process.wait()
        lines = self.log.read_text(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return said[-1] if said else f"{self.model.name}: ended with code {code} and no word"


class LocalModels:
    """The running models; a context manager that stops them.

    Start it from a thread that lives as long as the models shall: Linux takes the end of the thread that started a
    child for the end of the parent, and the child ends with it.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._children: list[_Child] = []
        self._urls: dict[str, str] = {}

    @classmethod
    def start(
        cls,
        data_dir: Path,
        ports: Sequence[int] | None = None,
        models: Sequence[LocalModel] = MODELS,
        deadline_s: float = START_DEADLINE_S,
    ) -> Self:
        """Start the models side by side and return once all of them answer.

        Args:
            data_dir: Joined weights and the children's logs go to its folder `local-models`.
            ports: One per model, 0 = any free one; None = each model's own where it is free, else any.

        Raises:
            LocalModelsMissing: a package is not installed.
            LocalModelsError: a model did not come up; none is left running.
        """
        local_weights.check_installed(models)
        chosen = ports if ports is not None else [_own_port_or_any(model) for model in models]
        started = cls(data_dir)
        with ExitStack() as undo:
            undo.callback(started.stop)
            started._run(zip(models, chosen, strict=True), time.monotonic() + deadline_s)
            undo.pop_all()
        return started

    def _run(self, wanted: Iterable[tuple[LocalModel, int]], deadline_s: float) -> None:
        for model, port in wanted:
            self._children.append(_spawn(model, port, self._data_dir))
        for child in self._children:
            self._urls[child.model.name] = child.base_url(deadline_s)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop the models."""
        self.stop()

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the running children."""
        return tuple(child.process.pid for child in self._children)

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints as they are served now."""
        return [
            Endpoint(
                f"{PROVIDER}:{model.name}",
                model.model_ref,
                PROVIDER,
                model.name,
                "openai_chat",
                self._urls[model.name],
                CITED,
                first_party=False,
                token_counter="llama_cpp",  # noqa: S106  # the name of a counter
            )
            for model in self._models
        ]

    def models(self) -> list[Model]:
        """Return the models; what their weights say of themselves is left to the collector."""
        return [
            Model(
                model.model_ref,
                model.title,
                model.model_ref.partition("/")[0],
                CITED,
                open_weights=True,
                hub_repo=model.hub_repo,
                input_modalities=("text",),
                output_modalities=("text",),
            )
            for model in self._models
        ]

    def developers(self) -> list[Developer]:
        """Return who made the models; the bundled catalogue need not know them."""
        return [DEVELOPERS[model.model_ref.partition("/")[0]] for model in self._models]

    def weights(self) -> Mapping[str, Path]:
        """Return model ref → weights file."""
        return {model.model_ref: local_weights.weights_file(model, self._data_dir) for model in self._models}

    def stop(self) -> None:
        """End the children, at most `STOP_DEADLINE_S` later by force; may be called twice."""
        for child in self._children:
            child.process.terminate()
        deadline_s = time.monotonic() + STOP_DEADLINE_S
        while self._children:
            _reap(self._children.pop(), deadline_s)

    @property
    def _models(self) -> tuple[LocalModel, ...]:
        return tuple(child.model for child in self._children)


def _own_port_or_any(model: LocalModel) -> int:
    return model.port if local_server.is_free(model.port) else 0


def _spawn(model: LocalModel, port: int, data_dir: Path) -> _Child:
    log = local_weights.folder(data_dir) / f"{model.name}.log"
    command = [sys.executable, "-m", local_server.__name__, "serve", model.name, f"--port={port}"]
    command += [f"--data-dir={data_dir.resolve()}", f"--parent={os.getpid()}"]
    with log.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603  # our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=Path(__file__).parents[1],  # a checkout that is not installed is found from there
            env={name: os.environ[name] for name in CHILD_ENVIRONMENT if name in os.environ},
            start_new_session=True,  # Ctrl-C is for the parent, which then stops its children in order
        )
    if process.stdout is None:
        raise TypeError("Popen was asked for a pipe")
    return _Child(model, process, process.stdout, log)


def _wait_healthy(url: str, deadline_s: float) -> None:
    with http.Client(http.policy("model", [f"{local_server.HOST}/32"])) as client:
        try:
            while client.fetch(http.Request("GET", url)).status != HTTPStatus.OK:
                if time.monotonic() > deadline_s:
                    raise LocalModelsError(f"{url}: wants status 200, found none in time")
                time.sleep(0.05)
        except http.OutboundError as error:
            raise LocalModelsError(f"{url}: {error}") from error


def _reap(child: _Child, deadline_s: float) -> None:
    try:
        child.process.wait(max(0.0, deadline_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.process.kill()
        child.process.wait()
    child.stdout.close()


if __name__ == "__main__":
    local_server.main()
