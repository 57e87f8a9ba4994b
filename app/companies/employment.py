"""Companies as `customers.employers` asks for them: for a guest's profile, and for bookings."""

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.companies import listing
from app.companies.models import Company
from app.companies.services import UNKNOWN
from app.core.errors import Invalid
from app.customers import employers
from app.customers.employers import Employer
from app.extensions import db


class Companies:
    """See `employers.Source`."""

    def name_of(self, company_id: uuid.UUID) -> str:
        """The name, held until whoever asks is stored. Raises Invalid."""
        query = select(Company.name, Company.status).where(Company.id == company_id)
        found = db.session.execute(query.with_for_update(read=True)).first()
        if found is None:
            raise Invalid({"company_id": UNKNOWN})
        if found.status == "archived":
            sentence = _l("%(name)s is archived. Bring it back before guests travel for it.",
                          name=found.name)  # fmt: skip
            raise Invalid({"company_id": sentence})
        return str(found.name)

    def told(self, company_id: uuid.UUID) -> Employer | None:
        """The company, archived or not."""
        company = db.session.get(Company, company_id)
        return _employer(company) if company else None

    def look(self, typed: str, limit: int) -> list[Employer]:
        """Active companies by the name."""
        return [_employer(each) for each in listing.look(typed, limit)]


def _employer(company: Company) -> Employer:
    return Employer(
        company.id, company.name, listing.place_of(company), company.rate_code,
        company.status == "active",
    )  # fmt: skip


employers.source(Companies())
