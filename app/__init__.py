"""Guestbook: the guest record of a hotel."""

import hashlib
import re
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app import features
from app.auth import guard
from app.config import LANGUAGES, Settings, read_settings
from app.core import database, failures, headers, i18n, web
from app.core.audit import Origin, origin
from app.core.crypto import Vault
from app.core.spool import SpoolingRequest
from app.core.storage import open_store
from app.core.templates import Templates
from app.extensions import csrf, db, htmx, limiter

ROOT = Path(__file__).resolve().parent.parent
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Raises WrongSetting or RuntimeError when it must not start."""
    settings = settings or read_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    app = Flask(
        "guestbook", root_path=str(ROOT), template_folder="templates", static_folder="static"
    )
    app.jinja_environment = Templates
    app.extensions |= {"settings": settings, "root": ROOT, "assets": _assets_version()}
    app.config.from_mapping(_flask_config(settings))
    app.url_map.merge_slashes = False  # its redirects would trust the Host header
    app.extensions["vault"] = Vault(settings.keystore_url, settings.master_keys, settings.index_key)
    app.extensions["store"] = open_store(settings)
    _bind_extensions(app, settings)
    _surround_requests(app)
    _inform_templates(app)
    for blueprint in features.pages():
        app.register_blueprint(blueprint)
    _register_apis(app)
    features.add_commands(app)
    guard.refuse_undeclared(app)
    return app


def _assets_version() -> str:
    """A short name for these styles and scripts, so that browsers load them anew after a change."""
    files = sorted(path for kind in ("css", "js") for path in (ROOT / "static" / kind).iterdir())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _flask_config(settings: Settings) -> dict[str, Any]:
    first, *older = settings.secret_keys
    return {
        "SECRET_KEY": first,
        "SECRET_KEY_FALLBACKS": older,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "__Host-guestbook" if settings.secure_cookies else "guestbook",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the session it is bound to
        "WTF_CSRF_CHECK_DEFAULT": False,  # the guard checks, after it knows who calls
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 1000,
        "RATELIMIT_STORAGE_URI": "memory://",
        "RATELIMIT_HEADERS_ENABLED": True,
        "TESTING": settings.mode == "test",
        "PROPAGATE_EXCEPTIONS": False,
    }


def _bind_extensions(app: Flask, settings: Settings) -> None:
    from app.auth import staff_sessions

    db.init_app(app)
    with app.app_context():
        database.tune(db.engine)
    csrf.init_app(app)
    htmx.init_app(app)
    app.request_class = SpoolingRequest  # after htmx, which brings a class of its own
    limiter.init_app(app)
    staff_sessions.init_app(app)
    i18n.speak(app)
    headers.protect(app)
    failures.answer_failures(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _surround_requests(app: Flask) -> None:
    @app.before_request
    def _begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        sane = re.fullmatch(r"[A-Za-z0-9-]{8,40}", given)
        g.request_id = given if sane else secrets.token_hex(8)
        origin.set(Origin(g.request_id, web.client_address()))
        database.set_reading(request.method in SAFE_METHODS)

    from app.auth import uploads

    app.before_request(uploads.allow_large)
    app.before_request(web.refuse_broken_text)
    app.before_request(guard.hold)

    @app.teardown_request
    def _finish(_error: BaseException | None) -> None:
        uploads.close_files()
        database.set_reading(False)
        origin.set(Origin())


def _inform_templates(app: Flask) -> None:
    """What every template may use: names that cost nothing until one asks for them."""
    from app.navigation import navigation, search_url

    settings: Settings = app.extensions["settings"]
    app.jinja_env.globals.update(
        navigation=navigation, search_url=search_url, may=guard.may,
        property_name=settings.property_name, asset_version=app.extensions["assets"],
        languages=LANGUAGES, locale=i18n.locale,
    )  # fmt: skip


def _register_apis(app: Flask) -> None:
    """The JSON API and its OpenAPI document."""
    from app.api_pages import blueprint as pages
    from app.core.api import Api

    api = Api(app)
    for each in features.apis():
        api.register_blueprint(each)
    app.register_blueprint(pages)
