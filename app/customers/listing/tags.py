"""The tags in use, for filters to offer."""

from sqlalchemy import literal_column, select

from app.customers.listing.filters import TAG_NOW
from app.customers.models import Mark
from app.extensions import db

MOST = 200


def tags_in_use() -> list[str]:
    """Up to 200 tags that guests carry, by name; each is found by one step in the tags' index."""
    first = select(Mark.value.label("tag")).where(TAG_NOW).order_by(Mark.value).limit(1)
    step = select(first.subquery().c.tag).cte("step", recursive=True)
    later = select(Mark.value).where(TAG_NOW, Mark.value > step.c.tag)
    following = later.order_by(Mark.value).limit(1).scalar_subquery()
    step = step.union_all(select(following).where(step.c.tag.is_not(None)))
    query = select(step.c.tag).where(step.c.tag.is_not(None)).limit(literal_column(str(MOST)))
    return [str(tag) for tag in db.session.scalars(query)]
