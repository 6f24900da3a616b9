"""robots.txt: the rules of RFC 9309, and files that were made to hurt."""

import time

import pytest

from scorecards.transparency import robots


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/x", True),
        ("Disallow:", "/x", True),
        ("Disallow: /", "/x", False),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("Allow: /page\nDisallow: /page", "/page", True),
        ("Disallow: /*.pdf$", "/x/card.pdf", False),
        ("Disallow: /*.pdf$", "/x/card.pdf?y", True),
        ("Disallow: /a*b*c", "/a1b2c3", False),
        ("Disallow: /a*b*c", "/a1c2b3", True),
        ("Disallow: /*?secret", "/p?secret=1", False),
        ("Disallow: /x$", "/x", False),
        ("Disallow: /x$", "/xy", True),
        ("Disallow: /%7Ejoe", "/~joe", False),
        ("Disallow: /中", "/%e4%b8%ad", False),
        ("disallow : /a # why", "/a", False),
    ],
)
def test_the_longest_rule_decides(rules, path, allowed):
    found = robots.parse(f"User-agent: *\n{rules}\n".encode())
    assert found.allows(f"https://x.example{path}", "pellucid") is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /\n\nUser-agent: Pellucid/0.1\nAllow: /", True),
        ("User-agent: pellucid\nDisallow: /\nUser-agent: *\nAllow: /", False),
        ("User-agent: GPTBot\nUser-agent: pellucid\nDisallow: /", False),
        ("User-agent: pellucidbot\nDisallow: /", True),
        ("User-agent: pellucid\nAllow: /a\n\nUser-agent: pellucid\nDisallow: /", False),
        ("Disallow: /\nUser-agent: *\nAllow: /", True),
        ("<html><title>404</title></html>", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("User-agent: GPTBot\nSitemap: https://x.example/s\nUser-agent: *\nDisallow: /", False),
    ],
)
def test_an_agent_obeys_its_own_group_or_else_the_one_for_all(text, allowed):
    assert robots.parse(text.encode()).allows("https://x.example/b", "pellucid") is allowed


def test_a_crawl_delay_is_bounded_and_only_a_number():
    text = "User-agent: pellucid\nCrawl-delay: {}\nUser-agent: *\nCrawl-delay: 2.5"
    delays = [robots.parse(text.format(value).encode()).delay_s("pellucid") for value in ("7", "999999", "1e9", "-3")]
    assert delays == [7.0, 86_400.0, 0.0, 0.0]
    assert robots.parse(text.encode()).delay_s("other") == 2.5


def test_a_group_is_found_where_it_stands():
    content = b"\xef\xbb\xbf# hello\nUser-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    first, second = robots.parse(content).groups
    assert content[first.start : first.end] == b"User-agent: GPTBot\nDisallow: /"
    assert (first.closed, second.closed, second.agents) == (True, False, ["*"])


def test_hostile_patterns_take_no_longer_than_honest_ones():
    pattern = "/" + "*a" * 20_000 + "b"
    content = ("User-agent: *\n" + f"Disallow: {pattern}\n" * 10).encode()
    begun = time.monotonic()
    assert robots.parse(content).allows("https://x.example/" + "a" * 2_000, "pellucid")
    assert time.monotonic() - begun < 2
