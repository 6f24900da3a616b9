"""Reads the developer's own `robots.txt`: whether it calls the crawler by name that gathers for its models."""

from collections.abc import Sequence

from scorecards.evidence import MAX_QUOTE, Collector, Document, Identity, Quote, Reading
from scorecards.transparency import robots
from scorecards.transparency.collectors._fields import Said, absent, file_name, partial, reading

CRAWLERS = {
    "ai2": ("AI2Bot",),
    "alibaba": ("YisouSpider",),
    "amazon": ("Amazonbot",),
    "anthropic": ("ClaudeBot", "anthropic-ai", "Claude-Web"),
    "baidu": ("Baiduspider",),
    "google": ("Google-Extended",),
    "meta": ("meta-externalagent", "FacebookBot"),
    "mistral": ("MistralAI-User",),
    "openai": ("GPTBot", "OAI-SearchBot"),
}
"""Developer's id → the crawlers that it is known to send, as sites call them in their own robots.txt."""


def accepts(document: Document) -> bool:
    """Return whether it is called so; a page that a server shows instead is none."""
    return file_name(document).lower() == "robots.txt" and "html" not in document.media_type


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return the one reading."""
    return [reading(COLLECTOR, "crawler", subject, document, _said(subject, document))]


def _said(subject: Identity, document: Document) -> Said:
    wanted = {name.lower() for one in subject.developers for name in CRAWLERS.get(one.lower(), ())}
    for group in robots.parse(document.content).groups:
        named = [agent for agent in group.agents if agent.lower() in wanted]
        if named:
            words = document.content[group.start : group.end].decode(errors="replace")[:MAX_QUOTE]
            quote = Quote(words, group.start, group.start + len(words.encode()))
            found = quote if quote.matches(document.content) else None
            return partial(named[0], found, note="named in its own robots.txt, without saying whose it is")
    return absent("names no crawler that is known to be this developer's")


COLLECTOR = Collector(
    name="robots_txt",
    version=1,
    question="Does the developer's own site call its crawler by name?",
    quantities=("crawler",),
    accepts=accepts,
    read=read,
)
