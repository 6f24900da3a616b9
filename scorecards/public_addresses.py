"""Which addresses are the public internet, which nobody may ever open, and what an IPv6 address may stand for."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PRIVATE_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # "this host": Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, also what VPNs such as Tailscale use
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server, a public-looking address on every Azure machine
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
"""IANA's special-purpose registry, written out because `ipaddress` changes its mind between Python releases."""
GLOBAL_V6 = IPv6Network("2000::/3")
"""The only IPv6 space given to hosts of the internet; loopback, ULA, link-local, site-local, NAT64 lie outside."""
PRIVATE_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address of the sender's choice
        "3fff::/20",
    )
)
METADATA = tuple(
    ip_network(block)
    for block in (
        "169.254.0.0/16",  # AWS, Google, Azure, Oracle, Tencent, OpenStack; 169.254.170.2 hands out container roles
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure
        "192.0.0.192/32",  # Oracle
        "fd00:ec2::/32",  # AWS
        "fd20:ce::254/128",  # Google
    )
)
"""Cloud metadata services: whoever reads them holds the machine's keys, so no allow-list opens them."""
NAT64 = IPv6Network("64:ff9b::/96")
V4_COMPATIBLE = IPv6Network("::/96")


def forms(address: IPAddress) -> Iterator[IPAddress]:
    """Yield every address a packet to `address` may end at: IPv6 has five ways to carry an IPv4 address."""
    if isinstance(address, IPv4Address):
        yield address
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in NAT64 or (address in V4_COMPATIBLE and int(address) > 1):  # :: and ::1 are themselves
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def is_public(address: IPAddress) -> bool:
    """Tell whether an address is one of a host of the internet."""
    if isinstance(address, IPv4Address):
        return not within(address, PRIVATE_V4)
    return address in GLOBAL_V6 and not within(address, PRIVATE_V6)


def within(address: IPAddress, networks: Iterable[Network]) -> bool:
    """Tell whether an address lies in one of these networks."""
    return any(address in network for network in networks)


def refusal(address: IPAddress, opened: Iterable[Network]) -> str | None:
    """Return why nothing may be sent to an address: "metadata" whatever is opened, or "private"; None when it may."""
    stands_for = tuple(forms(address))
    if any(within(one, METADATA) for one in stands_for):
        return "metadata"
    networks = tuple(opened)
    return None if all(is_public(one) or within(one, networks) for one in stands_for) else "private"
