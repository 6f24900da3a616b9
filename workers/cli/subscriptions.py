"""pellucid subscriptions: who is told of what happens, what was delivered, and having it sent again."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from scorecards.events import EVENT_TYPES
from scorecards.events.filters import KINDS, PILLARS
from service import secrets, subscription_shown, subscription_wish, targets
from service.store import db, delivery_log, events, subscriptions
from service.store.errors import NotAccepted
from service.store.subscriptions import Desk, Stopped, Subscription, TooMany
from workers import deliver
from workers.cli import _shared
from workers.cli._opened import opened
from workers.context import Context

ACTOR = "command line"
TARGETS = targets.load()
WISH: tuple[Callable[..., Any], ...] = (
    click.option("--type", "types", multiple=True, type=click.Choice(list(EVENT_TYPES)), help="Repeat for more."),
    click.option("--target", type=click.Choice(list(TARGETS)), help="What kind of receiver; standard unless said."),
    click.option("--payload", type=click.Choice(["full", "thin"]), help="Thin says only that something changed."),
    click.option("--description", help="For people."),
    click.option("--developer", "developers", multiple=True, help="Only events of these developers."),
    click.option("--model", "models", multiple=True, help="Only events of these models."),
    click.option("--pillar", "pillars", multiple=True, type=click.Choice(PILLARS), help="Only events about these."),
    click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only changes of these kinds."),
    click.option("--min-points", type=_shared.DECIMAL, help="Least move of a pillar's score, 0 to 100."),
    click.option("--min-price-percent", type=_shared.DECIMAL, help="Least move of a price in percent."),
    click.option("--rate-per-minute", type=int, help="Most deliveries in a minute."),
    click.option("--header", "headers", multiple=True, metavar="NAME=VALUE", help="Sent along, kept encrypted."),
)


def _wish(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(WISH):
        command = option(command)
    return command


@click.group()
def COMMAND() -> None:  # noqa: N802 - the name that the folder gathers
    """Tell programs and people of what happens here: webhooks."""


@COMMAND.command()
@click.argument("url")
@_wish
@click.option("--secret", help="whsec_…, made here unless said; for feishu the bot's own.")
@click.option("--json", "as_json", is_flag=True)
def create(url: str, as_json: bool, secret: str | None, **asked: Any) -> None:  # noqa: ANN401, FBT001 - what click passes
    """Subscribe the receiver at URL: it is pinged at once, and gets events once it has answered."""
    given = _asked(asked) | {"url": url} | ({"secret": secret} if secret else {})
    with opened() as context:
        with _writing(context) as (session, desk):
            made, shown_once = subscriptions.create(session, subscription_wish.new(given), desk)
        _pinged(context, made.id, as_json=as_json, more={"secret": shown_once})


@COMMAND.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """List all subscriptions."""
    with opened() as context, _reading(context) as session:
        found = [_plain(session, one) for one in subscriptions.page(session, _vault(context))]
    if as_json:
        _shared.print_json(found)
        return
    for one in found:
        click.echo(f"{one['id']}  {one['state']:8}  {one['target']:8}  {one['url']}  {', '.join(one['types'])}")


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def show(key: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """Show one subscription and how its receiver does."""
    with opened() as context, _reading(context) as session:
        _print(_plain(session, subscriptions.get(session, key, _vault(context))), as_json=as_json)


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--url", help="Another URL is pinged before it gets events.")
@_wish
@click.option("--json", "as_json", is_flag=True)
def change(key: str, as_json: bool, url: str | None, **asked: Any) -> None:  # noqa: ANN401, FBT001 - what click passes
    """Change what is named, the rest stays."""
    given = _asked(asked) | ({"url": url} if url else {})
    with opened() as context, _writing(context) as (session, desk):
        wish = subscription_wish.changed(subscriptions.current(session, key, desk), given)
        _print(_plain(session, subscriptions.change(session, key, wish, desk)), as_json=as_json)


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def enable(key: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """Ping a stopped subscription and send to it again once it has answered."""
    with opened() as context:
        with _writing(context) as (session, desk):
            subscriptions.enable(session, key, desk)
        _pinged(context, key, as_json=as_json, more={})


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def disable(key: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """Send nothing there until it is enabled; what waits keeps waiting."""
    with opened() as context, _writing(context) as (session, desk):
        _print(_plain(session, subscriptions.disable(session, key, desk)), as_json=as_json)


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.confirmation_option(prompt="Its secrets are deleted, and nothing is ever sent there again. Delete it?")
def delete(key: str) -> None:
    """Delete a subscription and its secrets; its past stays on record."""
    with opened() as context, _writing(context) as (session, desk):
        subscriptions.delete(session, key, desk)
    click.echo(f"deleted {key}")


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--grace-hours", type=int, default=24, show_default=True, help="How long the old secret signs as well.")
@click.option("--secret", help="The new one; made here unless said.")
@click.option("--json", "as_json", is_flag=True)
def rotate(key: str, grace_hours: int, secret: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """Sign with a new secret and key; the new secret is shown this once."""
    with opened() as context, _writing(context) as (session, desk):
        made, shown_once = subscriptions.rotate(session, key, desk, timedelta(hours=grace_hours), secret)
        _print(_plain(session, made) | {"secret": shown_once}, as_json=as_json)


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def ping(key: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """Send a test event now and say what came of it."""
    with opened() as context:
        with _writing(context) as (session, desk):
            subscriptions.ping(session, key, desk)
        _pinged(context, key, as_json=as_json, more={})


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--state", type=click.Choice(delivery_log.STATES), default=None, help="Only those in it.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def deliveries(key: str, state: str | None, limit: int, as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """List what was sent and what came of it, newest first."""
    with opened() as context, _reading(context) as session:
        subscriptions.get(session, key, _vault(context))
        found = delivery_log.page(session, key, state or "", limit=limit)
    shown = [subscription_shown.delivery(one) for one in found]
    if as_json:
        _shared.print_json(shown)
        return
    for one in shown:
        said = one["last_error"] or ""
        click.echo(f"{one['event']}  {one['type']:22}  {one['state']:9}  {one['attempts']:2} attempts  {said}")


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.argument("event")
def resend(key: str, event: str) -> None:
    """Send EVENT once more, under the same id."""
    with opened() as context, _writing(context) as (session, desk):
        delivery_log.resend(session, key, event, desk.now)
    click.echo(f"{event} is sent again")


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--since", type=_shared.INSTANT, required=True, help="When the first of them was given up.")
@click.option("--until", type=_shared.INSTANT, default=None, help="Now unless said.")
def recover(key: str, since: datetime, until: datetime | None) -> None:
    """Send once more what was given up between two instants."""
    with opened() as context, _writing(context) as (session, desk):
        subscriptions.get(session, key, desk.vault)
        count = delivery_log.recover(session, key, since, until or desk.now, desk.now)
    click.echo(f"{count} deliveries are sent again")


@COMMAND.command()
@click.argument("key", metavar="ID")
@click.option("--after", default=None, help="Id of the last event that is not wanted again.")
@click.option("--since", type=_shared.INSTANT, default=None, help="Instead of --after.")
def replay(key: str, after: str | None, since: datetime | None) -> None:
    """Send everything again that it wants and that happened behind an event or an instant."""
    if (after is None) == (since is None):
        raise click.UsageError("wants either --after or --since")
    with opened() as context, _writing(context) as (session, desk):
        wanted = subscriptions.get(session, key, desk.vault).wish.filters
        behind = events.position_at(session, since) if since else events.get(session, after or "").position
        count = delivery_log.replay(session, key, wanted, behind, desk.now)
    click.echo(f"{count} deliveries are sent again")


def _pinged(context: Context, key: str, *, as_json: bool, more: Mapping[str, str]) -> None:
    """Send the ping from this process, where no running service has done it already, and show what came of it."""
    deliver.turn(context, key)
    with _reading(context) as session:
        one = subscriptions.get(session, key, _vault(context))
        newest = delivery_log.page(session, key, limit=1)[0]
        _print(_plain(session, one) | dict(more), as_json=as_json)
    if newest.last and newest.last[1]:
        raise _shared.Failed(f"the ping: wants an answer with 2xx, has {newest.last[1]}; it is tried again later")


@contextmanager
def _writing(context: Context) -> Iterator[tuple[Session, Desk]]:
    with _saying(), db.write(context.engine) as session:
        yield session, Desk(_vault(context), ACTOR, datetime.now(UTC), TARGETS, context.settings.webhook_networks)


@contextmanager
def _reading(context: Context) -> Iterator[Session]:
    with _saying(), db.read(context.engine) as session:
        yield session


@contextmanager
def _saying() -> Iterator[None]:
    try:
        yield
    except (NotAccepted, Stopped, TooMany, LookupError) as error:
        raise _shared.Failed(str(error)) from error


def _vault(context: Context) -> Any:  # noqa: ANN401 - Fernet, of a package that is slow to import for its name alone
    return secrets.vault(secrets.master_key(context.settings))


def _asked(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were given, under the names of the API."""
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if "headers" in given:
        pairs = [one.partition("=") for one in given["headers"]]
        given["headers"] = {name: value for name, _, value in pairs}
    return given


def _plain(session: Session, one: Subscription) -> dict[str, Any]:
    return subscription_shown.subscription(one, subscriptions.warnings(session, one.wish.filters))


def _print(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what is known; for people only what is said."""
    if as_json:
        _shared.print_json(dict(fields))
        return
    for name, value in _flat(fields):
        click.echo(f"{name.replace('_', ' '):20}{value}")


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        elif value not in (None, "", []):
            yield name, ", ".join(value) if isinstance(value, list) else str(value)
