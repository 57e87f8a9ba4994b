"""The daily run over tiers, cut off: what is written stands, the rest follows, nothing twice."""

import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import timedelta

from sqlalchemy import func, select, update

from app.core.clock import today
from app.core.jobs import Claim
from app.extensions import db
from app.loyalty import judging
from app.loyalty.models import Membership, TierStep
from tests.conftest import KEYS
from tests.loyalty.test_expiry import ROOT, many

JOB = Claim(uuid.uuid4(), judging.KIND, {})
DAILY = """
from app import create_app
from app.core.jobs import Claim
from app.loyalty import judging
import uuid
with create_app().app_context():
    judging.daily(Claim(uuid.uuid4(), judging.KIND, {}))
"""


def proposed():
    db.session.rollback()
    found = db.session.scalar(select(func.count()).where(TierStep.state == "proposed"))
    db.session.rollback()
    return found


def killed_after(settings, so_far):
    """The daily run in a process of its own, killed as soon as something is true; how it ended."""
    told = KEYS | {
        "GUESTBOOK_MODE": "test", "GUESTBOOK_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url, "KEYSTORE_URL": settings.keystore_url,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", DAILY], cwd=ROOT, env=os.environ | told,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None and not so_far():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def test_kill_nine_in_the_middle_proposes_nothing_twice_and_leaves_nothing(app, guest, settings):
    many(app, guest, several := 400)
    yesterday = {"tier": "gold", "tier_kept_until": today() - timedelta(days=1)}
    db.session.execute(update(Membership).values(yesterday))
    db.session.commit()
    reached = killed_after(settings, lambda: proposed() > 0)
    assert 0 < proposed() < several, "killed too late to prove anything"
    assert proposed() % judging.PORTION == 0, "portions are whole"
    judging.daily(JOB), judging.daily(JOB)
    assert (proposed(), reached) == (several, -signal.SIGKILL)
    assert db.session.scalar(select(func.count(TierStep.id))) == several
