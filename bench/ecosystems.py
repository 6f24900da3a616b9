"""Times jurisdictions over twelve weeks in CPU time: first and later requests, beside reading the same cards whole."""

import argparse
import json
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from scorecards import card as cards_of
from scorecards import ecosystem_document, ecosystems
from service.standings import Standings
from service.store import cards, db, migrate
from service.store.tables import CardRow

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "card-sample.json"
UNTIL = date(2026, 11, 25)
SINCE = UNTIL - ecosystems.USUAL
JURISDICTIONS = ("CN", "FR", "US")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--cards", type=int, default=50, help="of each model, one a day")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = db.connect(f"sqlite:///{folder}/bench.db")
        migrate.upgrade(engine)
        fill(engine, wanted.models, wanted.cards)
        report(engine)
        engine.dispose()


def report(engine):
    standings = Standings()
    first_s, course = timed(lambda: ask(engine, standings))
    later_s, _ = timed(lambda: ask(engine, standings))
    read = sorted({one.card for each in course.standings for one in each})
    whole_s, _ = timed(lambda: whole(engine, read))
    known = [one for each in course.standings for one in each]
    json_s, text = timed(lambda: json.dumps(ecosystem_document.document(SINCE, UNTIL, course.pillars, known)))
    print(f"{len(read):,} cards of {len(course.standings[-1]):,} models behind {len(course.standings)} points:")
    print(f"first request {first_s:.2f} s, {whole_s / first_s:.1f} times as fast as only reading these cards whole")
    print(f"later ones {later_s * 1e3:.0f} ms; all four pillars as JSON {json_s:.2f} s, {len(text) / 1e6:.1f} MB")


def ask(engine, standings):
    with db.read(engine) as session:
        return standings.course(session, SINCE, UNTIL)


def whole(engine, read):
    with db.read(engine) as session:
        return [cards.by_id(session, one).card["pillars"] for one in read]


def timed(work):
    begun = time.process_time()
    made = work()
    return time.process_time() - begun, made


def fill(engine, models, count):
    card = json.loads(GOLDEN.read_text(encoding="utf-8"))
    last = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 12, tzinfo=UTC)
    for model in range(models):
        card["model"] |= {"ref": f"lab/model-{model}"}
        card["model"]["developer"] |= {"jurisdiction": JURISDICTIONS[model % len(JURISDICTIONS)]}
        rows = [row(card, model, number, last - timedelta(days=count - number)) for number in range(1, count + 1)]
        with db.write(engine) as session:
            session.execute(insert(CardRow), rows)


def row(card, model, number, at):
    for place, pillar in enumerate(card["pillars"].values()):
        score = 20 + (37 * model + 11 * place + number) % 60
        coverage = "0.40" if (model + place) % 5 == 0 else "0.80"
        pillar |= {"score": f"{score}.0", "low": f"{score - 10}.0", "high": f"{score + 15}.0", "coverage": coverage}
    card["sequence"] = number
    body = cards_of.canonical(card)
    about = {"id": cards_of.card_id(card), "model": card["model"]["ref"], "sequence": number}
    return about | {"published_at": at, "body": body, "signature": ""}


if __name__ == "__main__":
    main()
