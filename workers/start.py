"""What must be true before any work: folder, database, catalogue, first token."""

from pathlib import Path

from sqlalchemy import Engine

from scorecards import catalog_files
from scorecards.catalog import Catalog
from service.config import ConfigError, Settings
from service.secrets import write_secret
from service.store import catalog, db, jobs, migrate, tokens
from workers import calibrating, cleaning, planning, pricing
from workers.context import Context

TOKEN_FILE = "admin-token"  # noqa: S105 - the file's name
ADMIN_DAYS = 365


def data_folder(settings: Settings) -> None:
    """Make the data folder if it is missing.

    Raises:
        ConfigError: it cannot be made or written.
    """
    path = settings.data_dir
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        wanted = f"data folder {path}: wants a folder that can be written"
        raise ConfigError(f"{wanted}, {error.strerror} (set PELLUCID_DATA_DIR)") from error


def first_token(context: Context) -> str | None:
    """Make the first admin token if there is no token at all; keep it in the data folder, and return it once."""
    with db.write(context.engine) as session:
        if tokens.list_all(session):
            return None
        text = tokens.create(session, ["admin"], "first admin", context.clock(), ADMIN_DAYS)
    path = context.settings.data_dir / TOKEN_FILE
    path.unlink(missing_ok=True)
    write_secret(path, text)
    return text


def bundled(settings: Settings) -> Catalog:
    """Return the bundled catalogue with the operator's own files.

    Raises:
        CatalogError: a file is broken; the message names it.
    """
    own: list[Path] = [settings.catalog_dir] if settings.catalog_dir else []
    return catalog_files.load([catalog_files.BUNDLED, *own])


def follow_catalog(context: Context, files: Catalog, local: Catalog | None = None) -> None:
    """Bring catalogue and bundled prices up to date; have a card for each model, and probes for each local endpoint."""
    pricing.stock(context)
    now = context.clock()
    with db.write(context.engine) as session:
        catalog.follow(session, files, "bundled")
        if local is not None:
            catalog.follow(session, _beside(files, local), "local")
            for endpoint in local.endpoints.values():
                planning.plan_probes(session, endpoint, context.settings, now)
        for ref in {**(local.models if local else {}), **files.models}:
            # Judged anew at every start: files, rubric or code may say something else than last time.
            jobs.request(session, jobs.publish_job(ref), now)
        for ref in files.models:
            planning.plan_collection(session, ref, context.settings, now)
        jobs.ensure(session, cleaning.JOB, now)
        jobs.request(session, calibrating.job(), now)


def _beside(files: Catalog, local: Catalog) -> Catalog:
    """Return the local catalogue without what the files already say: their word on a developer or model stands."""
    return Catalog(
        developers={key: one for key, one in local.developers.items() if key not in files.developers},
        models={key: one for key, one in local.models.items() if key not in files.models},
        endpoints=local.endpoints,
    )


def migrated(settings: Settings) -> Engine:
    """Return an engine over the database at this code's version.

    Raises:
        StoreError: it cannot be opened, written or migrated.
    """
    engine = db.connect(settings.database_url)
    migrate.upgrade(engine)
    return engine
