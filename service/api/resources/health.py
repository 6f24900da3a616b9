"""Whether this process lives, whether it can serve, and what it counts."""

from http import HTTPStatus

from flask import Response
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from service import secrets
from service.api.auth import needs
from service.api.errors import refuse
from service.api.representation import representation
from service.api.service import service
from service.store import delivery_log, jobs, migrate
from service.store.db import StoreError

BLUEPRINT = Blueprint("health", __name__, description="Health, metrics and the signing key")


@BLUEPRINT.get("/healthz")
@BLUEPRINT.response(200)
def get_healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@BLUEPRINT.get("/readyz")
@BLUEPRINT.response(200)
def get_readyz() -> dict[str, object]:
    """Say whether requests can be served: the database is there, at the version this code wants."""
    version = migrate.wanted()
    try:
        found = migrate.found(service().engine)
    except StoreError as error:
        refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    if found != version:
        refuse(HTTPStatus.SERVICE_UNAVAILABLE, f"database: wants version {version}, has {found}; run migrate")
    with service().session() as session:
        backlog = jobs.backlog(session, service().clock())
    waiting = {"due": backlog.due, "oldest_s": round(backlog.oldest_s, 1), "dead": len(backlog.dead)}
    return {"status": "ready", "database": version, "jobs": waiting}


@BLUEPRINT.get("/metrics")
@BLUEPRINT.response(200, content_type="text/plain")
@needs("metrics:read")
def get_metrics() -> Response:
    """Return gauges for Prometheus."""
    with service().session() as session:
        backlog = jobs.backlog(session, service().clock())
        post = delivery_log.backlog(session, service().clock())
    registry = CollectorRegistry()
    for name, text, value in (
        ("pellucid_jobs_due", "Jobs that should be running", backlog.due),
        ("pellucid_oldest_due_job_seconds", "How long the oldest of them has waited", backlog.oldest_s),
        ("pellucid_jobs_dead", "Jobs given up after too many attempts", len(backlog.dead)),
        ("pellucid_deliveries_due", "Deliveries that active subscriptions should have by now", post.due),
        ("pellucid_oldest_due_delivery_seconds", "How long the oldest of them has waited", post.oldest_s),
    ):
        Gauge(name, text, registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@BLUEPRINT.get("/v1/signing-key")
@BLUEPRINT.response(200)
def get_signing_key() -> Response:
    """Return the public key that every card of this instance is signed with."""
    key = secrets.signing_key(secrets.master_key(service().settings)).public_key()
    return representation({"algorithm": "ed25519", "public_key": secrets.public_text(key)})
