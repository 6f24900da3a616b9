"""The child process that serves one local model until its parent ends: llama.cpp's own HTTP server, from xllamacpp."""

import argparse
import ctypes
import importlib
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workers.local_weights import MODELS, LocalModel, LocalModelsError, weights_file

HOST = "127.0.0.1"
SLOTS = 2
"""Requests that are decoded at once."""
CONTEXT_PER_SLOT = 2048
PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve one model until the parent ends or a signal comes. An error is one line on stderr and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m workers.local_models", description=main.__doc__)
    serving = parser.add_subparsers(required=True).add_parser("serve")
    serving.add_argument("name", choices=[model.name for model in MODELS])
    serving.add_argument("--port", type=int, default=0, help="0 = any free one")
    serving.add_argument("--data-dir", type=Path, required=True)
    serving.add_argument("--threads", type=int, default=_threads())
    serving.add_argument("--api-key", default=None)
    serving.add_argument("--parent", type=int, default=os.getppid(), help="process to end with")
    options = parser.parse_args(arguments)
    try:
        _serve(options)
    except (LocalModelsError, OSError, OverflowError) as error:
        sys.exit(f"{options.name}: {error}")


def _threads() -> int:
    """Return a thread count that leaves a CPU to the prober; more than 4 only wait for each other on such models."""
    return max(1, min(4, ((os.cpu_count() or 1) - 1) // len(MODELS)))


def _serve(options: argparse.Namespace) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _die_with(options.parent)
    model = next(model for model in MODELS if model.name == options.name)
    _check_port(options.port)
    weights = weights_file(model, options.data_dir)
    llama = importlib.import_module("xllamacpp")
    try:
        server = llama.Server(_parameters(llama, model, weights, options))
    except RuntimeError as error:
        raise LocalModelsError(f"cannot serve {weights.name} on port {options.port}: {error}") from error
    print(f"READY {model.name} {server.listening_address}/v1", flush=True)  # noqa: T201  # the parent waits for it
    os.dup2(2, 1)  # nobody reads the pipe from here on
    while os.getppid() == options.parent:  # where there is no PDEATHSIG
        time.sleep(1)
    os._exit(0)  # the C++ server has no quick way to stop


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel was told
        raise LocalModelsError(f"parent process {parent} is gone")


def _check_port(port: int) -> None:
    """Refuse a port that somebody listens on, in words; llama.cpp only says that it failed.

    Raises:
        LocalModelsError: it is in use.
    """
    if port and not is_free(port):
        raise LocalModelsError(f"port {port} is in use")


def is_free(port: int) -> bool:
    """Return whether nobody listens on the port of this machine's own address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections of an earlier start linger
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _parameters(llama: Any, model: LocalModel, weights: Path, options: argparse.Namespace) -> Any:  # noqa: ANN401  # no stubs
    wanted = llama.CommonParams()
    wanted.model.path = str(weights)
    wanted.model_alias = {model.name}
    wanted.hostnames = [HOST]
    wanted.port = options.port
    wanted.n_parallel = SLOTS
    wanted.n_ctx = CONTEXT_PER_SLOT * SLOTS
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = options.threads
    wanted.n_gpu_layers = 0
    wanted.cache_prompt = False  # each prompt is prefilled anew, so that time to first token is honest
    wanted.cache_ram_mib = 0
    wanted.use_jinja = True
    wanted.offline = True
    wanted.ui = False
    wanted.endpoint_props = wanted.endpoint_metrics = wanted.endpoint_slots = False
    wanted.verbosity = -1
    if options.api_key:
        wanted.api_keys = [options.api_key]
    if model.chat_template:
        wanted.chat_template = model.chat_template
    return wanted


if __name__ == "__main__":
    main()
