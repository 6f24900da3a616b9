"""Holds many streams at once in one process, and tells how late each first token was seen and what was lost."""

import json
import statistics
import sys

from bench import _process

MODEL = "cal-ttft2000-itl500-n50"
RAMP_S = 10.0


def hold(server, streams):
    server.get("reset")
    cost = _process.run(
        [sys.executable, "-m", "bench._ours", f"{server.url}/v1", MODEL, str(streams), str(streams), str(RAMP_S)]
    )
    found, stats = json.loads(cost.output), server.get("stats")
    rows = {row["i"]: row for row in server.get("log")}
    errors, lost = [], 0
    for one in found["answers"]:
        row = rows.get(int((one["id"] or "-0").rpartition("-")[2]))
        if one["outcome"] != "ok" or len(one["at_ns"]) != len(row["sent_ns"]):
            lost += 1
            print(f"lost: {one['outcome']} {one['detail']}")
            continue
        errors.append((one["at_ns"][0] - (row["sent_ns"][0] - row["t_req_ns"])) / 1e6)
    errors.sort()
    print(
        f"{streams} streams by threads of one process, {stats['peak_concurrent']} at once at the server: "
        f"lost {lost} (wanted 0), TTFT error p50 {statistics.median(errors):.2f} ms (wanted ≤ 5), "
        f"p99 {errors[int(len(errors) * 0.99)]:.2f} ms, memory {found['peak_mb']:.0f} MB, CPU {cost.cpu_s:.1f} s of "
        f"{cost.wall_s:.1f} s, server late by {stats['lateness_ms']['p50']:.2f}/{stats['lateness_ms']['p99']:.2f} ms"
    )
