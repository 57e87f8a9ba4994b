"""The instances of the libraries that the whole application shares; bound to it in create_app."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base of every table; typed, unlike `db.Model`."""

    metadata = MetaData(naming_convention=NAMING)


class AskedLimiter(Limiter):
    """Limits where a view asks for it; the library would look for limits at every request."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        if callable_name is not None:
            super()._check_request_limit(callable_name, in_middleware)


db = SQLAlchemy(metadata=Base.metadata)
csrf = CSRFProtect()
login = LoginManager()
babel = Babel()
htmx = Htmx()
limiter = AskedLimiter(get_remote_address)
