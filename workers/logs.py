"""One line of JSON per event on stderr; nothing that could be a secret is ever passed to it."""

import logging
import sys
import warnings

import structlog


def configure(*, verbose: bool = False) -> None:
    """Send structlog and the standard library's warnings to stderr."""
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    # Celery repeats every exception that a job raised; workers.jobs has logged it with the job's name.
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)
    # It warns of pickled messages under root; ours are JSON, and nothing else is accepted.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"celery\.(platforms|apps\.worker)$")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
