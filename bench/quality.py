"""Asks two real local models questions of the bundled sets and of the shared samples; prints shares with intervals."""

import argparse
import itertools
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scorecards import evalset_files
from scorecards.probes import quality
from scorecards.probes._probe import Target
from workers import http
from workers.ask import exchange
from workers.asking import channel
from workers.local_models import MODELS, LocalModels

SHARED = Path(__file__).parents[1].parent / "shared" / "evalsets"
PUBLIC = ("gsm8k", "gaokao_zh", "mmlu_medical", "ifeval")
CAPS = {"numeric": 256, "mcq": 160, "label": 64, "exact": 64, "ifeval": 320, "tools": 96, "schema": 96}
"""Output tokens by kind: these models do not think first, and what they have not said by then they will not say."""
AT_ONCE = 4
NONCE = "0a1b2c3d"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="*", default=[*evalset_files.bundled(), *PUBLIC])
    parser.add_argument("--models", nargs="*", default=[one.name for one in MODELS])
    parser.add_argument("--samples", type=int, default=50, help="questions of each set (default 50)")
    parser.add_argument("--answers", type=Path, help="write every answer with its verdict there, as JSON Lines")
    args = parser.parse_args()
    public = evalset_files.folder(SHARED) if SHARED.is_dir() else {}
    if not public:
        print(f"wants public samples, has no folder {SHARED.name}; asks the bundled sets only")
    chosen = {name: one for name, one in {**evalset_files.bundled(), **public}.items() if name in args.sets}
    wanted = [one for one in MODELS if one.name in args.models]
    with tempfile.TemporaryDirectory() as folder, LocalModels.start(Path(folder), models=wanted) as models:
        for endpoint in models.endpoints():
            target = Target(endpoint, NONCE, samples=args.samples, sets=chosen)
            exchanges = asked(target)
            report(target, exchanges)
            if args.answers:
                write(args.answers, target, exchanges)


def asked(target):
    """Ask with the caps of `CAPS`, a few questions at once; connections of their own for each of the askers."""
    kinds = {f"{one.name}/{item.id}": item.kind for one in target.sets.values() for item in one.items}
    asks = [replace(ask, max_output_tokens=CAPS[kinds[ask.role]]) for ask in quality.PROBE.plan(target)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda part: ask_all(target, part), [asks[start::AT_ONCE] for start in range(AT_ONCE)])
        return list(itertools.chain.from_iterable(parts))


def ask_all(target, asks):
    with http.Client(http.policy("model", ["127.0.0.1/32"])) as client:
        way = channel(client, target.endpoint)
        return [exchange(way, ask, datetime.now(UTC)) for ask in asks]


def report(target, exchanges):
    print(f"-- {target.endpoint.ref}: {len(exchanges)} questions")
    for one in quality.PROBE.read(target, exchanges):
        value = "unmeasured" if one.value is None else f"{one.value:.3f}"
        print(f"{one.quantity:32} {value:>10}  n={one.n:<4} {one.note}", flush=True)


def write(path, target, exchanges):
    with path.open("a", encoding="utf-8") as lines:
        for name, found in quality.judged(target, exchanges).items():
            for one in found:
                row = {
                    "model": target.endpoint.model_id,
                    "set": name,
                    "id": one.item.id,
                    "verdict": one.score.result if one.score else one.exchange.outcome,
                    "reason": one.score.reason if one.score else one.exchange.detail,
                    "wanted": one.item.answer or one.item.fields.get("instruction_id_list"),
                    "answer": one.exchange.text,
                    "calls": [[call.name, call.arguments] for call in one.exchange.tool_calls],
                    "prompt": one.exchange.ask.text,
                }
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
