"""The whole schema, for tests: every table and search object as the models say."""

from app import create_app
from app.config import read_settings
from app.core.crypto import vault
from app.core.database import writing
from app.extensions import db


def create(url: str, keystore_url: str, home: str) -> None:
    """Make all tables at `url` and the key store at `keystore_url`."""
    settings = read_settings(
        {
            "GUESTBOOK_MODE": "test",
            "DATABASE_URL": url,
            "KEYSTORE_URL": keystore_url,
            "GUESTBOOK_HOME": home,
        }
    )
    app = create_app(settings)
    with app.app_context(), writing():
        db.create_all()
        vault().create()
        db.engine.dispose()
        vault().engine.dispose()
