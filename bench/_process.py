"""Runs one command and tells what its whole tree of processes cost."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
SAMPLE_S = 0.1


@dataclass(frozen=True)
class Cost:
    """What a command took: monotonic ns of its start, CPU seconds with children, peak of the summed RSS, its output."""

    begun_ns: int
    wall_s: float
    cpu_s: float
    rss_mb: float
    output: str


def run(command, timeout_s=180):
    """Run a command in a session of its own; its last words are the error when it fails."""
    begun_ns = time.monotonic_ns()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        over, peak = threading.Event(), [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, over, peak))
        watcher.start()
        guard = threading.Timer(timeout_s, process.kill)
        guard.start()
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        guard.cancel()
        over.set()
        watcher.join()
    if process.returncode:
        raise RuntimeError(f"{Path(command[0]).name} ended with {process.returncode}: {output[-400:]}")
    wall_s = (time.monotonic_ns() - begun_ns) / 1e9
    return Cost(begun_ns, wall_s, usage.ru_utime + usage.ru_stime, peak[0], output)


def _watch(session, over, peak):
    while not over.wait(SAMPLE_S):
        peak[0] = max(peak[0], sum(_rss_mb(one, session) for one in Path("/proc").glob("[0-9]*")))


def _rss_mb(process, session):
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return 0.0
    return int(fields[21]) * PAGE_MB if int(fields[3]) == session else 0.0
