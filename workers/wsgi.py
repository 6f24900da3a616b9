"""The API for gunicorn: `workers.wsgi:app`, over the database and broker of the environment."""

from service.api import create_app
from service.config import from_env
from service.store import db
from workers import logs
from workers.app import enqueue_over, make_app

logs.configure()
settings = from_env()
app = create_app(db.connect(settings.database_url), enqueue_over(make_app(settings)), settings)
