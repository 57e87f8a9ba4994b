"""Every feature by name: its pages, its part of the API, its commands. Importing one also makes
its tables known, and what it brings to a guest's profile, to imports and to the worker.
"""

import os

from flask import Blueprint, Flask

from app.core.api import ApiBlueprint


def pages() -> list[Blueprint]:
    """The blueprints of all pages."""
    from app.auth.account_views import blueprint as account
    from app.auth.staff_views import blueprint as staff
    from app.auth.token_views import blueprint as tokens
    from app.auth.views import blueprint as auth
    from app.companies.views import blueprint as companies
    from app.customers.views import blueprint as customers
    from app.desk.views import blueprint as desk
    from app.documents.links import blueprint as document_links
    from app.documents.views import blueprint as documents
    from app.documents.views.house import blueprint as paperwork
    from app.documents.views.newcomers import blueprint as newcomers
    from app.health import blueprint as health
    from app.home import blueprint as home
    from app.imports.views import blueprint as imports
    from app.job_pages import blueprint as jobs
    from app.loyalty.liability_views import blueprint as liability
    from app.loyalty.member import blueprint as memberships
    from app.loyalty.notice_views import blueprint as notices
    from app.loyalty.views import blueprint as loyalty_house
    from app.loyalty.vip.views import blueprint as vip
    from app.preferences.views import blueprint as preferences
    from app.preferences.views import lists_blueprint as preference_lists
    from app.relationships.views import blueprint as relationships
    from app.segments.views import blueprint as segments
    from app.stays.views import blueprint as stays

    _register()
    house = [home, health, auth, account, staff, tokens, jobs, imports]
    return [
        *house, customers, companies, relationships, stays, preferences, preference_lists,
        documents, document_links, paperwork, newcomers, memberships, loyalty_house, vip, notices,
        liability, segments, desk,
    ]  # fmt: skip


def _register() -> None:
    """What brings no pages of its own: work, tables, parts of other features' pages."""
    from app.auth import proof_views as _proofs  # noqa: F401 - more pages of `auth`
    from app.auth import upkeep as _upkeep  # noqa: F401 - registers its work
    from app.core import jobs as _jobs  # noqa: F401 - its table belongs to the schema
    from app.customers import importing as _importing  # noqa: F401 - registers with `imports`
    from app.documents import retention as _retention  # noqa: F401 - registers its work
    from app.imports import mapping_views as _mapping  # noqa: F401 - more pages of `imports`
    from app.loyalty import expiry as _expiry  # noqa: F401 - registers its work
    from app.loyalty import guards as _ledger  # noqa: F401 - its tables belong to the schema
    from app.loyalty import judging as _tiers  # noqa: F401 - registers its work
    from app.loyalty import parts as _loyalty  # noqa: F401 - what it brings to a guest's profile
    from app.loyalty import programme as _programme  # noqa: F401 - and the settings of the house
    from app.stays import importing as _stay_importing  # noqa: F401 - registers with `imports`


def apis() -> list[ApiBlueprint]:
    """The blueprints of the JSON API."""
    from app.companies.api import blueprint as companies
    from app.customers.api import blueprint as customers
    from app.desk.api import blueprint as desk
    from app.documents.api import blueprint as documents
    from app.loyalty.api import blueprint as loyalty
    from app.loyalty.liability_api import blueprint as liability
    from app.loyalty.vip.api import blueprint as vip
    from app.preferences.api import blueprint as preferences
    from app.relationships.api import blueprint as relationships
    from app.segments.api import blueprint as segments
    from app.stays.api import blueprint as stays

    return [
        customers, companies, relationships, stays, preferences, documents, loyalty, vip,
        liability, segments, desk,
    ]  # fmt: skip


def add_commands(app: Flask) -> None:
    """Add every feature's commands to the application; servers go without."""
    if not (app.testing or os.environ.get("FLASK_RUN_FROM_CLI")):
        return
    from app import cli, demo
    from app.auth import commands as auth
    from app.customers import commands as customers
    from app.documents import commands as documents
    from app.loyalty import commands as loyalty
    from app.loyalty.vip import commands as vip
    from app.stays import commands as stays

    for each in (cli, demo, auth, customers, documents, loyalty, vip, stays):
        each.register(app)
