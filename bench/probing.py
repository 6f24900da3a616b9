"""How exact and how cheap our measurements are, beside the peers', against a server whose times are known.

Each tool's own figure of every request is compared with the server's log of the same request; error = measured - true.
Everything runs on this machine, one tool at a time, in turns. `--local` asks two real models instead, `--streams N`
holds so many streams at once.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import _local, _process, _sides, _streams
from workers import calibration

CALSERVER = Path(__file__).parents[1].parent / "shared" / "calibration" / "calserver.py"
SPEC = "cal-ttft200-itl20-n50"
FEW, MANY = (16, 48), (16, 336)
LOADS = ((1, 10), FEW, MANY, (128, 256))
"""How many at once, and how many requests; the two at 16 give the CPU of one request without the start."""
MIN_FOR_P99 = 100
STARTS = 5
WANTED = "needs the calibration server (../shared/calibration/calserver.py); without it, our own account of our error:"


@dataclass(frozen=True)
class Server:
    """The calibration server, asked for one behaviour."""

    url: str
    model: str = SPEC

    def get(self, page):
        """Return what the server says of itself on this page."""
        with urllib.request.urlopen(f"{self.url}/_cal/{page}", timeout=10) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Found:
    """What one run of one tool came to: errors in ms, sorted, and what it cost."""

    ttft_ms: list
    itl_ms: list
    lost: int
    start_s: float
    cpu_s: float
    rss_mb: float


@contextmanager
def calibration_server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(CALSERVER), "--port", str(port), "--max-seconds", "3600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            server.stdout.readline()
            yield Server(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def measure(tool, server, concurrency, requests, folder):
    """Run one tool once and compare all it saw with the truth."""
    server.get("reset")
    cost, seen = tool(server, concurrency, requests, folder)
    log = server.get("log")
    rows = {row["i"]: row for row in log} | {row["user"]: row for row in log if row["user"]}
    pairs = [(one, rows[one.key]) for one in seen]
    start_s = (min(row["t_req_ns"] for row in log) - cost.begun_ns) / 1e9
    return Found(
        sorted(one.ttft_ms - (row["sent_ns"][0] - row["t_req_ns"]) / 1e6 for one, row in pairs),
        sorted(one.itl_ms - true_itl_ms(row["sent_ns"]) for one, row in pairs),
        requests - len(seen),
        start_s,
        cost.cpu_s,
        cost.rss_mb,
    )


def true_itl_ms(sent_ns):
    return (sent_ns[-1] - sent_ns[0]) / (len(sent_ns) - 1) / 1e6


def compare(peers, rounds):
    tools = {"ours": _sides.ours} | {one.name: partial(_sides.PEERS[one.name], one) for one in peers}
    found = {(name, load): [] for name in tools for load in LOADS}
    with calibration_server() as server, tempfile.TemporaryDirectory() as folder:
        for load in LOADS * rounds:
            for name, tool in tools.items():
                found[name, load].append(measure(tool, server, *load, Path(folder)))
                late = server.get("stats")["lateness_ms"]
                print(f"{name} at {load}: server late by {late['p50']:.2f}/{late['p99']:.2f} ms, load {load_now()}")
        started = statistics.median(command_start_s(server) for _ in range(STARTS))
    print_table(tools, found, rounds)
    print(f"{'start to first request, pellucid probe (s)':44}{'≤ 1':>14}{shown(started):>16}  (median of {STARTS})")


def command_start_s(server):
    """Return the seconds from the start of the command line to its first request."""
    server.get("reset")
    command = [
        str(Path(sys.executable).with_name("pellucid")),
        "probe",
        "--url",
        f"{server.url}/v1",
        "--allow-loopback",
    ]
    cost = _process.run([*command, "--model", "cal-ttft5-itl1-n3", "--probe", "latency", "--samples", "1", "--json"])
    return (min(row["t_req_ns"] for row in server.get("log")) - cost.begun_ns) / 1e9


def print_table(tools, found, rounds):
    print(f"\nmedians of {rounds} round(s); errors in ms; × = the peer's figure divided by ours")
    print(f"{'':44}{'wanted':>14}{'ours':>16}" + "".join(f"{one:>24}" for one in _sides.PEERS))
    for label, wanted, value in rows():
        cells = {name: value({load: found[name, load] for load in LOADS}) for name in tools}
        line = f"{label:44}{wanted:>14}{shown(cells['ours']):>16}"
        for peer in _sides.PEERS:
            line += f"{beside(cells.get(peer), cells['ours']):>24}"
        print(line)


def rows():
    for load in ((1, 10), MANY, (128, 256)):
        at = f"TTFT error, {load[0]} at once"
        tail = "p99" if load[1] >= MIN_FOR_P99 else "max"
        yield f"{at}, p50 (n={load[1]})", "≤ 0.5", of(load, lambda one: statistics.median(one.ttft_ms))
        yield f"{at}, {tail}", "≤ 2", of(load, lambda one: high(one.ttft_ms))
    yield "ITL error, 16 at once, mean", "≤ 0.02", of(MANY, lambda one: statistics.fmean(one.itl_ms))
    yield "ITL error, 128 at once, mean", "≤ 0.02", of((128, 256), lambda one: statistics.fmean(one.itl_ms))
    yield "CPU per request at 16 at once (ms)", "≤ 6", marginal_ms
    yield "start to first request, exchange alone (s)", "≤ 1", of(FEW, lambda one: one.start_s)
    yield "memory, 128 at once (MB, all processes)", "≤ 120", of((128, 256), lambda one: one.rss_mb)
    yield "requests lost, all loads", "0", lambda runs: sum(one.lost for load in runs.values() for one in load)


def of(load, value):
    return lambda runs: statistics.median(value(one) for one in runs[load])


def marginal_ms(runs):
    few, many = (statistics.median(one.cpu_s for one in runs[load]) for load in (FEW, MANY))
    return (many - few) / (MANY[1] - FEW[1]) * 1000


def high(ordered):
    """Return the 99th percentile, or the greatest where there are too few for one."""
    return ordered[int(len(ordered) * 0.99)] if len(ordered) >= MIN_FOR_P99 else ordered[-1]


def shown(value):
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.0f}"


def beside(value, ours):
    if value is None:
        return "not run"
    return shown(value) + (f" (×{value / ours:.1f})" if ours and value > 0 < ours else "")


def load_now():
    return f"{os.getloadavg()[0]:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="*", type=Path, default=[], help="venvs named aiperf and guidellm")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--local", action="store_true", help="two real models on this machine, against their own account"
    )
    parser.add_argument("--streams", type=int, help="so many streams held at once by one process")
    args = parser.parse_args()
    if args.local:
        _local.compare()
    elif not CALSERVER.exists():
        print(WANTED)
        for one in calibration.readings(datetime.now(UTC)):
            print(f"{one.quantity} {one.value} {one.unit} (median of {one.n})")
    elif args.streams:
        with calibration_server() as server:
            _streams.hold(server, args.streams)
    else:
        compare(args.peers, args.rounds)


if __name__ == "__main__":
    main()
