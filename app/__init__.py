"""Guestbook: the guest record of a hotel."""

import hashlib
import re
import secrets
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, g, request, url_for
from flask_babel import get_locale
from werkzeug.middleware.proxy_fix import ProxyFix

from app.auth import guard
from app.config import LANGUAGES, Settings, read_settings
from app.core import database, failures, headers, i18n, web
from app.core.audit import Origin, origin
from app.core.crypto import Vault
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
    _bind_extensions(app, settings)
    _surround_requests(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)
    _register_apis(app)
    _register_commands(app)
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
        origin.set(Origin(g.request_id, request.remote_addr))
        database.set_reading(request.method in SAFE_METHODS)

    from app.imports import uploads

    app.before_request(uploads.allow_large)
    app.before_request(web.refuse_broken_text)
    app.before_request(guard.hold)

    @app.teardown_request
    def _finish(_error: BaseException | None) -> None:
        database.set_reading(False)
        origin.set(Origin())

    @app.context_processor
    def _shared() -> dict[str, Any]:
        from app.navigation import navigation

        settings: Settings = app.extensions["settings"]
        return {
            "navigation": navigation,
            "may": guard.may,
            "property_name": settings.property_name,
            "search_url": url_for("customers.search") if guard.may("guests.read") else None,
            "asset_version": app.extensions["assets"],
            "languages": LANGUAGES,
            "locale": str(get_locale() or settings.language),
        }


def _blueprints() -> list[Blueprint]:
    from app.auth import proof_views as _proofs  # noqa: F401 - more pages of `auth`
    from app.auth import upkeep as _upkeep  # noqa: F401 - registers its work
    from app.auth.account_views import blueprint as account
    from app.auth.staff_views import blueprint as staff
    from app.auth.token_views import blueprint as tokens
    from app.auth.views import blueprint as auth
    from app.companies import models as _companies  # noqa: F401 - its table belongs to the schema
    from app.core import jobs as _jobs  # noqa: F401 - likewise
    from app.customers import importing as _importing  # noqa: F401 - registers with `imports`
    from app.customers import models as _customers  # noqa: F401 - likewise
    from app.customers.views import blueprint as customers
    from app.desk.views import blueprint as desk
    from app.health import blueprint as health
    from app.home import blueprint as home
    from app.imports import mapping_views as _mapping  # noqa: F401 - more pages of `imports`
    from app.imports import models as _imports  # noqa: F401 - its tables belong to the schema
    from app.imports.views import blueprint as imports
    from app.job_pages import blueprint as jobs
    from app.preferences.views import blueprint as preferences
    from app.preferences.views import lists_blueprint as preference_options
    from app.relationships import models as _relationships  # noqa: F401 - likewise
    from app.stays import importing as _stays  # noqa: F401 - registers with `imports`
    from app.stays.views import blueprint as stays

    pages = [home, health, auth, account, staff, tokens, jobs, customers, imports]
    return [*pages, stays, preferences, preference_options, desk]


def _register_apis(app: Flask) -> None:
    """The JSON API and its OpenAPI document."""
    from app.api_pages import blueprint as pages
    from app.core.api import Api
    from app.customers.api import blueprint as customers
    from app.desk.api import blueprint as desk
    from app.preferences.api import blueprint as preferences
    from app.stays.api import blueprint as stays

    api = Api(app)
    for each in (customers, stays, preferences, desk):
        api.register_blueprint(each)
    app.register_blueprint(pages)


def _register_commands(app: Flask) -> None:
    from app import cli, demo
    from app.auth import commands as auth_commands
    from app.customers import commands as customer_commands
    from app.stays import commands as stay_commands

    cli.register(app)
    demo.register(app)
    auth_commands.register(app)
    customer_commands.register(app)
    stay_commands.register(app)
