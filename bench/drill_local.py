"""Drills a program's move between the two real local models, by the service's own jobs, and writes the pack."""

import argparse
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from scorecards.catalog import Catalog
from service import config, drills
from service.drills import Wish
from service.store import catalog, db, migrate
from workers.cli import compare, swap
from workers.context import make_context
from workers.local_models import LocalModels

SHARED = Path(__file__).parents[1].parent / "shared" / "evalsets"
SETS = ("gsm8k", "gaokao_zh", "mmlu_medical", "ifeval")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-set", type=int, default=12, help="questions of each set")
    parser.add_argument("--max-output-tokens", type=int, default=48)
    parser.add_argument("--out", type=Path, default=Path("drilled"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalModels.start(Path(folder)) as models:
        settings = replace(config.from_env({"PELLUCID_DATA_DIR": folder}), sets_dir=fewer(Path(folder), args.per_set))
        context = make_context(settings, lambda *_: None)
        migrate.upgrade(context.engine)
        local = Catalog(
            {one.id: one for one in models.developers()},
            {one.ref: one for one in models.models()},
            {one.ref: one for one in models.endpoints()},
        )
        a, b = sorted(local.endpoints, key=lambda ref: "gemma" in ref)  # the instructed model is A
        told = {
            "name": "local assistant",
            "baseline": a,
            "candidates": [b],
            "sets": list(SETS),
            "repeats": 2,
            "max_output_tokens": args.max_output_tokens,
            "constraints": {"languages": ["en", "zh"], "context_tokens": 2048},
            "limits": {"max_tokens": 1_000_000},
        }
        with db.write(context.engine) as session:
            catalog.add(session, local, "local")
            one = drills.create(session, Wish(told, "bench"), "bench", settings, datetime.now(UTC))
        done = compare.run(context, one)
        with db.read(context.engine) as session:
            files = drills.files(session, done)
        swap.write(args.out, files)
        print(files["report.md"])
        print(done.state, done.reason, "seconds:", (done.ended_at - done.created_at).total_seconds())


def fewer(folder, most):
    """Return a folder with the first questions of each set."""
    kept = folder / "sets"
    kept.mkdir()
    for name in SETS:
        with (SHARED / f"{name}.jsonl").open(encoding="utf-8") as lines:
            (kept / f"{name}.jsonl").write_text("".join(islice(lines, most)), encoding="utf-8")
        about = SHARED / f"{name}.toml"
        if about.exists():
            (kept / about.name).write_bytes(about.read_bytes())
    return kept


if __name__ == "__main__":
    main()
