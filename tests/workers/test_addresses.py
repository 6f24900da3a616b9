"""No URL from outside reaches a private address, whatever its spelling, resolver or redirect."""

import csv
import ipaddress
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.public_addresses import METADATA
from workers import addresses, http
from workers.addresses import OutboundError, Refused

SHARED = Path(__file__).parents[2].parent / "shared" / "addresses" / "targets.csv"
PUBLIC = "93.184.216.34"
OPEN_BOTH = ("0.0.0.0/0", "::/0")
REFUSED = {
    "loopback": ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "localhost", "::1", "::"],
    "loopback inside IPv6": ["::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:0:7f00:1"],
    "private": ["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "fc00::1", "fe80::1", "fec0::1"],
    "special": ["192.0.0.9", "192.0.2.1", "198.18.0.1", "203.0.113.1", "2001::1", "2001:db8::1", "3fff::1", "100::1"],
    "multicast": ["224.0.0.1", "240.0.0.1", "255.255.255.255", "ff02::1", "ff0e::1"],
    "metadata": [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
    ],
    "metadata inside IPv6": ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254"],
}


def rows():
    if not SHARED.exists():
        return []
    with SHARED.open(newline="") as lines:
        return list(csv.DictReader(lines))


ROWS = rows()
needs_rows = pytest.mark.skipif(not ROWS, reason="the calibration material (shared/addresses/targets.csv) is not here")
REFUSED_ROWS = [row for row in ROWS if row["expect"] == "refused"]


class Resolver:
    """Answers for given names, in turn when there are several answers, and leaves numbers to the system."""

    def __init__(self, **answers):
        self.answers = answers
        self.calls = []

    def __call__(self, host, port, **kwargs):
        self.calls.append(host)
        name = host.removesuffix(".test")
        if name not in self.answers:
            return socket.getaddrinfo(host, port, **kwargs)
        turns = self.answers[name]
        ips = turns[min(self.calls.count(host), len(turns)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]


def resolver_of(row):
    name, answer = row["host"].removesuffix(".test"), row["resolves_to"]
    if not answer:
        return Resolver()
    turns = answer.removeprefix("first ").split(" then ")
    return Resolver(**{name: [turn.split("|") for turn in turns]})


def answer_all(listener, answer):
    """Answer each connection with `answer` and end it; return when the listener is shut."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(answer())


@pytest.fixture
def internet(monkeypatch):
    """Stand in for the public address, and record every connect; nothing else can be reached."""
    tried, answer = [], [b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"]
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=answer_all, args=(listener, lambda: answer[0]))
    thread.start()
    connect = socket.socket.connect

    def guarded(sock, address):
        tried.append(address[0])
        if address[0] != PUBLIC:
            raise ConnectionRefusedError("the test lets nothing out")
        connect(sock, listener.getsockname())

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield tried, answer
    listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    listener.close()


def browser(resolver, *allow):
    policy = replace(http.policy("disclosure", allow), schemes=("https", "http"))
    return http.Client(policy, getaddrinfo=resolver)


def get(url):
    return http.Request("GET", url)


def resolved(host, *allow, resolver=None):
    found = addresses.resolve(host, 443, addresses.policy("webhook", allow), resolver or Resolver())
    return [str(one.ip) for one in found]


@pytest.mark.parametrize("host", [host for hosts in REFUSED.values() for host in hosts])
def test_an_address_that_is_not_public_is_refused(host):
    with pytest.raises(Refused) as caught:
        resolved(host)
    assert caught.value.kind == "refused_address"
    assert "wanted" in caught.value.detail
    assert "found" in caught.value.detail


@pytest.mark.parametrize("host", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_a_public_address_is_allowed(host):
    assert resolved(host) == [host]


@pytest.mark.parametrize("host", [*REFUSED["metadata"], *REFUSED["metadata inside IPv6"]])
def test_no_allow_list_opens_a_metadata_service(host):
    with pytest.raises(Refused, match="metadata"):
        resolved(host, *OPEN_BOTH)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("10.1.2.3", "10.0.0.0/8"),
        ("127.1", "127.0.0.0/8"),
        ("::1", "::1/128"),
        ("fc00::1", "fc00::/7"),
        ("100.64.0.1", "100.64.0.0/10"),
        ("::ffff:10.1.2.3", "10.0.0.0/8"),
    ],
)
def test_the_operators_allow_list_opens_a_private_network(host, network):
    assert len(resolved(host, network)) == 1


@pytest.mark.parametrize("host", ["64:ff9b::7f00:1", "::127.0.0.1"])
def test_an_address_inside_an_address_must_be_allowed_as_well(host):
    with pytest.raises(Refused):
        resolved(host, "::/0")
    assert len(resolved(host, "::/0", "127.0.0.0/8")) == 1


@given(st.ip_addresses())
def test_what_python_calls_not_global_is_refused(address):
    if not address.is_global or address.is_multicast:
        with pytest.raises(Refused):
            resolved(str(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_refused_when_it_is_refused_by_itself(address):
    low = int(address)
    hidden = [low, 0xFFFF << 32 | low, 0x64FF9B << 96 | low, 0x2002 << 112 | low << 80]
    for number in hidden:
        inside = ipaddress.IPv6Address(number)
        if not address.is_global:
            with pytest.raises(Refused):
                resolved(str(inside))


@given(st.ip_addresses())
def test_an_allow_list_of_everything_opens_all_but_metadata(address):
    metadata = any(address in network for network in METADATA)
    if not metadata and address.version == 4:
        assert resolved(str(address), *OPEN_BOTH) == [str(address)]


def test_one_private_address_among_public_ones_refuses_the_name():
    resolver = Resolver(multi=[[PUBLIC, "127.0.0.1"]])
    with pytest.raises(Refused, match=r"multi\.test.*127\.0\.0\.1"):
        resolved("multi.test", resolver=resolver)


def test_a_name_is_looked_up_once_and_its_addresses_come_once_each():
    resolver = Resolver(twice=[[PUBLIC, "1.1.1.1", PUBLIC]])
    assert resolved("twice.test", resolver=resolver) == [PUBLIC, "1.1.1.1"]
    assert resolver.calls == ["twice.test"]


def test_an_address_with_a_zone_is_refused():
    with pytest.raises(Refused, match="zone"):
        resolved("scoped.test", resolver=Resolver(scoped=[["fe80::1%eth0"]]))


def test_a_name_without_an_address_is_a_dns_failure():
    def unknown(host, port, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(OutboundError) as caught:
        resolved("nowhere.test", resolver=unknown)
    assert caught.value.kind == "dns"
    with pytest.raises(OutboundError, match="found none"):
        resolved("empty.test", resolver=Resolver(empty=[[]]))


def test_a_label_too_long_for_dns_is_a_bad_url():
    with pytest.raises(OutboundError) as caught:
        resolved("a" * 64 + ".test")
    assert caught.value.kind == "bad_url"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pub.test",
        "//pub.test/",
        "ftp://pub.test/",
        "file:///etc/passwd",
        "gopher://pub.test/",
        "httpx://pub.test/",
        "javascript:alert(1)",
        "http://pub.test/",
        "https://",
        "https:///path",
        "https://user:secret@pub.test/",
        "https://user@pub.test/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://pub.test:99999/",
        "https://pub.test:x/",
        "https://[::1/",
        "https://pub test/",
        "https://pub.test/\r\nX: y",
        "https://pub.test\\@127.0.0.1/",
        " https://pub.test/",
        "https://*.test/",
        "https://\u200b/",
    ],
)
def test_a_url_that_is_not_plain_https_is_refused_before_any_look_up(url):
    resolver = Resolver()
    with http.Client(http.policy("webhook"), getaddrinfo=resolver) as client, pytest.raises(OutboundError) as caught:
        client.open(get(url))
    assert caught.value.kind == "bad_url"
    assert "secret" not in str(caught.value)
    assert resolver.calls == []


def test_plain_http_is_only_for_allow_listed_addresses(internet):
    tried, _ = internet
    policy = http.policy("webhook", ["10.0.0.0/8"])
    with http.Client(policy, getaddrinfo=Resolver(pub=[[PUBLIC]])) as client:
        with pytest.raises(OutboundError, match="wanted https"):
            client.open(get("http://pub.test/"))
        assert tried == []
        with pytest.raises(OutboundError, match="lets nothing out"):
            client.open(get("http://10.0.0.1/"))
    assert tried == ["10.0.0.1"]


@pytest.mark.parametrize("host", ["b\u00fccher.test", "B\u00dcCHER.test", "xn--bcher-kva.test"])
def test_an_international_name_is_looked_up_in_its_ascii_form(internet, host):
    resolver = Resolver(**{"xn--bcher-kva": [[PUBLIC]]})
    with browser(resolver) as client, client.open(get(f"http://{host}/")) as response:
        assert response.status == 204
    assert resolver.calls == ["xn--bcher-kva.test"]


@pytest.mark.parametrize(
    "host", ["\u24f5\u24fb\u24fe.\u24ea.\u24ea.\u2460", "127\u30020\u30020\u30021", "%31%32%37.0.0.1"]
)
def test_digits_in_disguise_do_not_reach_loopback(internet, host):
    tried, _ = internet
    with browser(Resolver()) as client, pytest.raises(OutboundError):
        client.open(get(f"http://{host}/"))
    assert tried == []


@needs_rows
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["host"])
def test_every_target_meets_its_fate(internet, row):
    tried, _ = internet
    with browser(resolver_of(row)) as client:
        url = f"http://{row['host']}/"
        if row["host"] in ("pub.test", "rebind.test"):
            client.open(get(url)).close()
        if row["expect"] == "refused":
            with pytest.raises(OutboundError) as caught:
                client.open(get(url))
            assert caught.value.kind in ("refused_address", "bad_url")
    assert set(tried) <= {PUBLIC}


@needs_rows
@pytest.mark.parametrize("row", REFUSED_ROWS, ids=lambda row: row["host"])
def test_no_redirect_leads_to_a_target(internet, row):
    tried, answer = internet
    answer[0] = f"HTTP/1.1 302 Found\r\nLocation: http://{row['host']}/\r\nConnection: close\r\n\r\n".encode()
    resolver = resolver_of(row)
    resolver.answers["start"] = [[PUBLIC]]
    with browser(resolver) as client, pytest.raises(OutboundError) as caught:
        client.fetch(get("http://start.test/"))
    assert caught.value.kind in ("refused_address", "bad_url")
    assert set(tried) == {PUBLIC}


@needs_rows
@pytest.mark.parametrize("row", REFUSED_ROWS, ids=lambda row: row["host"])
def test_of_the_targets_an_allow_list_of_everything_opens_all_but_metadata(row):
    host = row["host"].strip("[]").rpartition("@")[2]
    resolver = resolver_of(row)
    if row["never_even_with_an_allow_list"]:
        with pytest.raises(Refused):
            resolved(host, *OPEN_BOTH, resolver=resolver)
    else:
        assert resolved(host, *OPEN_BOTH, resolver=resolver)


def test_the_address_that_was_checked_is_the_one_that_is_dialled(internet):
    tried, _ = internet
    resolver = Resolver(rebind=[[PUBLIC], ["127.0.0.1"]])
    with browser(resolver) as client:
        client.open(get("http://rebind.test/")).close()
        assert (resolver.calls, tried) == (["rebind.test"], [PUBLIC])
        with pytest.raises(Refused):
            client.open(get("http://rebind.test/"))
    assert tried == [PUBLIC]


def test_a_policy_is_opened_by_networks_in_any_form():
    one = ipaddress.ip_network("10.0.0.0/8")
    assert addresses.policy("model", [one, "::1"]).allow_networks == (one, ipaddress.ip_network("::1/128"))
    with pytest.raises(ValueError, match="10"):
        addresses.policy("model", ["10.0.0.1/8"])


def test_a_detail_is_one_short_line():
    error = OutboundError("dns", "wanted\n a\tname, found " + "x" * 1000)
    assert error.detail.startswith("wanted a name, found xxx")
    assert len(error.detail) == 300
    assert error.retry_after_s is None
