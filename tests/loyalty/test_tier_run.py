"""The daily run over tiers, cut off: what is written stands, the rest follows, nothing twice."""

import uuid
from datetime import timedelta

from sqlalchemy import func, select, update

from app.core.clock import today
from app.core.jobs import Claim
from app.extensions import db
from app.loyalty import judging
from app.loyalty.models import Membership, TierStep
from tests.dying import killed_at_commit
from tests.loyalty.test_expiry import many

JOB = Claim(uuid.uuid4(), judging.KIND, {})


def proposed():
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(TierStep.state == "proposed"))


def test_kill_nine_in_the_middle_proposes_nothing_twice_and_leaves_nothing(app, guest, monkeypatch):
    monkeypatch.setattr(judging, "PORTION", 4)
    many(app, guest, 10)
    yesterday = {"tier": "gold", "tier_kept_until": today() - timedelta(days=1)}
    db.session.execute(update(Membership).values(yesterday))
    db.session.commit()
    killed_at_commit(2, lambda: judging.daily(JOB))
    assert proposed() == 4, "the first portion is whole, of the second is nothing"
    judging.daily(JOB), judging.daily(JOB)
    assert proposed() == 10
    assert db.session.scalar(select(func.count(TierStep.id))) == 10
