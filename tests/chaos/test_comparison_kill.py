"""Whoever kills a comparison at any moment pays for no prompt twice, and loses no answer that was written down."""

import multiprocessing
import random
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime
from ipaddress import ip_network

import pytest
from sqlalchemy import select

from scorecards.catalog import Catalog, Cited, Developer, Endpoint, Model
from service import comparison_order, secrets
from service.comparison_order import Asked
from service.config import Settings
from service.store import catalog, comparisons, db, migrate
from service.store.tables import CellRow
from workers import jobs
from workers.context import make_context, owner_is_alive

CITED = Cited("test", date(2026, 11, 25))
A, B = "here:m0", "here:m1"
KILLS, LONGEST_S = 6, 0.5


def work(settings, key):
    context = make_context(settings, lambda *_: None)
    jobs.recover(context, owner_is_alive)
    while True:
        with db.read(context.engine) as session:
            one = comparisons.get(session, key)
            due = comparisons.jobs_of(session, one)
        if one.report is not None:
            return
        for job in due:
            jobs.run(context, job)


@pytest.mark.parametrize(("prompts", "judge"), [(60, None), (8, B)])
def test_a_killed_comparison_asks_for_nothing_twice(tmp_path, chat_server, prompts, judge):
    asked, lock = Counter(), threading.Lock()

    def answer(text):
        with lock:
            asked[text] += 1
        return ["yes "]

    chat_server.answer = answer
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'p.db'}", allow_networks=(ip_network("127.0.0.0/8"),))
    engine = db.connect(settings.database_url)
    migrate.upgrade(engine)
    secrets.master_key(settings)
    model = Model("maker/m", "M", "maker", CITED)
    ends = {
        ref: Endpoint(ref, model.ref, "here", ref[5:], "openai_chat", chat_server.base_url, CITED) for ref in (A, B)
    }
    rows = [{"prompt": f"Number {one}.", "checks": [{"kind": "contains", "texts": ["yes"]}]} for one in range(prompts)]
    with db.write(engine) as session:
        catalog.add(session, Catalog({"maker": Developer("maker", "M", "CN", CITED)}, {model.ref: model}, ends), "api")
        file = comparison_order.rows_file(rows)
        wish = Asked((A, B), file=file, repeats_a=1, cap_tokens=10**6, seed="s", judge=judge)
        key = comparisons.create(session, comparison_order.order(session, wish, settings), "me", datetime.now(UTC)).id
    moments, process = random.Random(7), multiprocessing.get_context("spawn")
    for _ in range(KILLS):
        child = process.Process(target=work, args=(settings, key), daemon=True)
        child.start()
        before = chat_server.requests
        while chat_server.requests == before and child.is_alive():
            chat_server.asked.wait(0.05)
            time.sleep(0.01)
        time.sleep(moments.uniform(0, LONGEST_S))  # the moment itself is the thing under test
        child.kill()
        child.join()
    work(settings, key)
    with db.read(engine) as session:
        one = comparisons.get(session, key)
        states = Counter(session.scalars(select(CellRow.state)))
        left = comparisons.not_asked(session, one)
    engine.dispose()
    assert one.state == "done"
    # Both endpoints get each prompt once, a judge each pair twice, as both said the same; what was under way at a kill
    # may have been billed and is given up.
    assert max(asked.values()) <= 2
    assert set(left.values()) == {0}
    assert states["unanswered"] <= KILLS
    assert (states["unchecked"] > 0) is (judge is not None)
    answered = states["passed"] + states["unchecked"]
    assert answered <= sum(asked.values()) <= answered + states["unanswered"]
    assert states.total() == answered + states["unanswered"]
    assert states["passed"] + states["unanswered"] >= 2 * prompts
