"""Compares the two real local models on questions of the shared sets, by the service's own jobs; writes the report."""

import argparse
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scorecards.catalog import Catalog
from service import comparison_order, config
from service.comparison_order import Asked
from service.store import catalog, comparisons, db, migrate
from workers.cli import compare
from workers.context import make_context
from workers.local_models import LocalModels

SHARED = Path(__file__).parents[1].parent / "shared" / "evalsets"
SETS = ("gsm8k", "gaokao_zh", "mmlu_medical", "ifeval")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--per-set", type=int, default=52)
    parser.add_argument("--max-output-tokens", type=int, default=96)
    parser.add_argument("--out", type=Path, default=Path("compared"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalModels.start(Path(folder)) as models:
        settings = config.from_env({"PELLUCID_DATA_DIR": folder})
        context = make_context(replace(settings, sets_dir=SHARED), lambda *_: None)
        migrate.upgrade(context.engine)
        local = Catalog(
            {one.id: one for one in models.developers()},
            {one.ref: one for one in models.models()},
            {one.ref: one for one in models.endpoints()},
        )
        asked = Asked(
            tuple(sorted(local.endpoints, key=lambda ref: "gemma" in ref)),  # the instructed model is A
            sets=args.sets,
            per_set=args.per_set,
            max_output_tokens=args.max_output_tokens,
            seed="bench",
        )
        with db.write(context.engine) as session:
            catalog.add(session, local, "local")
            order = comparison_order.order(session, asked, context.settings)
            one = comparisons.create(session, order, "bench", datetime.now(UTC))
        done = compare.run(context, one)
        compare.show(done.report, args.out, compare.written(context, done), as_json=False)
        print(done.state, done.reason, "seconds:", (done.ended_at - done.created_at).total_seconds())


if __name__ == "__main__":
    main()
