"""No webhook reaches a private address: not by its URL, not by a redirect, not by a name that moved since."""

import socket
from functools import partial
from ipaddress import ip_network

import pytest

from workers import deliver
from workers.http import Client

from . import mailroom
from .mailroom import Mailroom
from .test_addresses import OPEN_BOTH, PUBLIC, REFUSED_ROWS, ROWS, Resolver, internet, needs_rows, resolver_of

assert internet  # a fixture of theirs
FATES = ("refused_address", "bad_url")
METADATA_ROWS = [row for row in REFUSED_ROWS if row["never_even_with_an_allow_list"]]
PUBLIC_ONLY = (ip_network(f"{PUBLIC}/32"),)
"""Opened, so that the stand-in for the public address need not speak TLS; nothing else is."""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return mailroom.template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def sent(tmp_path, template, monkeypatch):
    """Send so many events to a URL in one turn, and return the (status, error) of each attempt."""
    opened = []

    def send(url, resolver, networks=PUBLIC_ONLY, count=1):
        mail = Mailroom(tmp_path, template, networks=networks)
        opened.append(mail.engine)
        monkeypatch.setattr(deliver, "Client", partial(Client, getaddrinfo=resolver))
        key, _ = mail.subscribe("https://receiver.example.org/hook")
        mail.point_at(key, url)
        mail.publish(count)
        mail.turn(key)
        return [(one.status, one.error) for one in mail.attempts(key)]

    yield send
    for engine in opened:
        engine.dispose()


def addresses_of(row):
    """Return what a row's host means: the last answer for a name, what the system makes of a number."""
    if row["resolves_to"]:
        return row["resolves_to"].rpartition(" then ")[2].split("|")
    host = row["host"].rpartition("@")[2].strip("[]")
    return sorted({one[4][0] for one in socket.getaddrinfo(host, 443)})


@needs_rows
def test_the_matrix_is_whole():
    assert (len(ROWS), len(REFUSED_ROWS), len(METADATA_ROWS)) == (36, 35, 6)


@needs_rows
@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("row", REFUSED_ROWS, ids=lambda row: row["host"])
def test_a_subscription_at_a_target_is_sent_nothing(row, scheme, sent, internet):
    tried, _ = internet
    found = sent(f"{scheme}://{row['host']}/hook", resolver_of(row), count=2)
    if row["host"] == "rebind.test" and scheme == "http":
        assert found.pop(0) == (204, "")
    if row["host"] == "rebind.test" and scheme == "https":
        assert set(tried) == {PUBLIC}  # where the stand-in speaks no TLS; the second answer is another test's
        return
    ((status, error),) = found
    assert status is None
    assert error in FATES
    assert set(tried) <= ({PUBLIC} if row["host"] == "rebind.test" else set())


@needs_rows
@pytest.mark.parametrize("row", REFUSED_ROWS, ids=lambda row: row["host"])
def test_a_redirect_to_a_target_is_a_failure_and_not_followed(row, sent, internet):
    tried, answer = internet
    answer[0] = f"HTTP/1.1 307 So\r\nLocation: http://{row['host']}/\r\nConnection: close\r\n\r\n".encode()
    resolver = resolver_of(row)
    resolver.answers["start"] = [[PUBLIC]]
    assert sent("http://start.test/hook", resolver) == [(307, "redirect")]
    assert (tried, resolver.calls) == ([PUBLIC], ["start.test"])


@needs_rows
@pytest.mark.parametrize("row", REFUSED_ROWS, ids=lambda row: row["host"])
def test_a_name_that_has_moved_to_a_target_is_refused_at_the_next_attempt(row, sent, internet):
    tried, _ = internet
    resolver = Resolver(moving=[[PUBLIC], addresses_of(row)])
    first, (status, error) = sent("http://moving.test/hook", resolver, count=2)
    assert (first, status, error) == ((204, ""), None, "refused_address")
    assert (tried, resolver.calls) == ([PUBLIC], ["moving.test"] * 2)


@needs_rows
@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("row", METADATA_ROWS, ids=lambda row: row["host"])
def test_metadata_is_refused_though_the_operator_opened_everything(row, scheme, sent, internet):
    tried, _ = internet
    everything = tuple(map(ip_network, OPEN_BOTH))
    assert sent(f"{scheme}://{row['host']}/", resolver_of(row), everything) == [(None, "refused_address")]
    assert tried == []


def test_a_public_receiver_is_sent_to_and_one_that_is_not_opened_by_https_only(sent, internet):
    tried, _ = internet
    resolver = Resolver(pub=[[PUBLIC]])
    assert sent("http://pub.test/hook", resolver) == [(204, "")]
    assert tried == [PUBLIC]
    assert sent("http://pub.test/hook", resolver, ()) == [(None, "bad_url")]
    assert tried == [PUBLIC]
    ((_, error),) = sent("https://pub.test/hook", resolver, ())
    assert error in ("tls", "reset", "bad_framing")  # it was let out, and met a listener without TLS
    assert tried == [PUBLIC] * 2
