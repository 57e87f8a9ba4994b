"""The companies that guests travel for: `companies` knows them, and the profile asks here."""

import uuid
from collections.abc import Callable

from flask_babel import lazy_gettext as _l

from app.core.errors import Invalid

Source = Callable[[uuid.UUID], str]

_sources: list[Source] = []


def source(answer: Source) -> Source:
    """Register who knows: the name of a company that guests may be linked to, for its id.

    It holds the name until the transaction ends, so that no rename passes it by, and raises
    Invalid, by `company_id`, for a company that is not known or takes no more guests.
    """
    _sources.append(answer)
    return answer


def name_of(company_id: uuid.UUID) -> str:
    """The company's name. Raises Invalid."""
    for ask in _sources:
        return ask(company_id)
    raise Invalid({"company_id": _l("This company is not known.")})
