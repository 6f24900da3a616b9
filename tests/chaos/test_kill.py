"""Killed at any moment, Pellucid loses no work, does none twice, and keeps its chain of cards whole."""

import contextlib
import hashlib
import json
import random
import sqlite3
import subprocess

KILLS = 20


def _rows(instance, query):
    with contextlib.closing(sqlite3.connect(instance.folder / "pellucid.db", timeout=15)) as connection:
        return connection.execute(query).fetchall()


def _check_jobs(instance):
    jobs = _rows(instance, "select id, key, kind, runs, dead from jobs")
    for job_id, key, kind, runs, dead in jobs:
        assert not dead, key
        assert runs >= 1, f"{key} never ran"
        if kind == "probe":  # publishing records a card instead of a run
            found = _rows(instance, f"select occurrence from runs where job_id = {job_id} order by occurrence")
            assert [one for (one,) in found] == list(range(1, runs + 1)), key
    return jobs


def _check_cards(instance):
    before = {}
    cards = _rows(instance, "select model, sequence, id, body from cards order by model, sequence")
    for model, sequence, card_id, body in cards:
        card, (last, last_id) = json.loads(body), before.get(model, (0, None))
        assert card_id == "sha256:" + hashlib.sha256(body).hexdigest()
        assert (sequence, card["sequence"]) == (last + 1, last + 1)
        assert card["previous"] == last_id
        before[model] = sequence, card_id
    return cards


def test_twenty_kills_lose_nothing_and_double_nothing(chat_server, make_instance, tmp_path):
    instance = make_instance(PROBE_EVERY_S=2)
    file = tmp_path / "stub.toml"
    file.write_text(chat_server.catalog())
    added = instance.run("models", "add", str(file), "--probe")
    assert added.returncode == 0, added.stderr
    moments = random.Random(20)
    for _ in range(KILLS):
        child = instance.up()
        # The moment itself is the thing under test: before, during and after start-up and the first jobs.
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(moments.uniform(0.3, 2.5))
        assert child.poll() is None, instance.log.read_text()
        child.kill()
        child.wait(10)
    child = instance.up()
    instance.ready_in(child)
    instance.until(lambda: not _rows(instance, "select 1 from jobs where runs = 0 or attempts > 1"), 120)
    code, _ = instance.stop(child)
    assert code == 0, instance.log.read_text()
    jobs, cards = _check_jobs(instance), _check_cards(instance)
    print(f"kills {KILLS}, runs {sum(one[3] for one in jobs)}, cards {len(cards)}, requests {chat_server.requests}")  # noqa: T201 - the figures, for -s
