"""Every feature by name: its pages, its part of the API, its commands. Importing one also makes
its tables known, and what it brings to a guest's profile, to imports and to the worker.
"""

from flask import Blueprint, Flask

from app.core.api import ApiBlueprint


def pages() -> list[Blueprint]:
    """The blueprints of all pages."""
    from app.auth import proof_views as _proofs  # noqa: F401 - more pages of `auth`
    from app.auth import upkeep as _upkeep  # noqa: F401 - registers its work
    from app.auth.account_views import blueprint as account
    from app.auth.staff_views import blueprint as staff
    from app.auth.token_views import blueprint as tokens
    from app.auth.views import blueprint as auth
    from app.companies.views import blueprint as companies
    from app.core import jobs as _jobs  # noqa: F401 - its table belongs to the schema
    from app.customers import importing as _importing  # noqa: F401 - registers with `imports`
    from app.customers.views import blueprint as customers
    from app.desk.views import blueprint as desk
    from app.documents import retention as _retention  # noqa: F401 - registers its work
    from app.documents.links import blueprint as document_links
    from app.documents.views import blueprint as documents
    from app.documents.views.house import blueprint as paperwork
    from app.health import blueprint as health
    from app.home import blueprint as home
    from app.imports import mapping_views as _mapping  # noqa: F401 - more pages of `imports`
    from app.imports.views import blueprint as imports
    from app.job_pages import blueprint as jobs
    from app.loyalty import expiry as _expiry  # noqa: F401 - registers its work
    from app.loyalty import guards as _ledger  # noqa: F401 - its tables belong to the schema
    from app.loyalty import programme as _programme  # noqa: F401 - and the settings of the house
    from app.preferences.views import blueprint as preferences
    from app.preferences.views import lists_blueprint as preference_lists
    from app.relationships.views import blueprint as relationships
    from app.segments.views import blueprint as segments
    from app.stays import importing as _stay_importing  # noqa: F401 - registers with `imports`
    from app.stays.views import blueprint as stays

    house = [home, health, auth, account, staff, tokens, jobs, imports]
    return [
        *house, customers, companies, relationships, stays, preferences, preference_lists,
        documents, document_links, paperwork, segments,
        desk,
    ]  # fmt: skip


def apis() -> list[ApiBlueprint]:
    """The blueprints of the JSON API."""
    from app.companies.api import blueprint as companies
    from app.customers.api import blueprint as customers
    from app.desk.api import blueprint as desk
    from app.documents.api import blueprint as documents
    from app.preferences.api import blueprint as preferences
    from app.relationships.api import blueprint as relationships
    from app.segments.api import blueprint as segments
    from app.stays.api import blueprint as stays

    return [customers, companies, relationships, stays, preferences, documents, segments,
            desk]  # fmt: skip


def add_commands(app: Flask) -> None:
    """Add every feature's commands to the application."""
    from app import cli, demo
    from app.auth import commands as auth
    from app.customers import commands as customers
    from app.documents import commands as documents
    from app.stays import commands as stays

    for each in (cli, demo, auth, customers, documents, stays):
        each.register(app)
