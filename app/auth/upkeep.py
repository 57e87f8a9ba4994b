"""What is tidied up around signing in, by the worker."""

from datetime import timedelta

from app.auth import attempts, links, sessions, staff_sessions
from app.core.jobs import Claim, handles


@handles("staff.sweep", every=timedelta(hours=1))
def sweep(_claim: Claim) -> None:
    """Forget tries and links that count no more, and mark sessions that timed out as ended."""
    attempts.sweep()
    links.sweep()
    sessions.sweep(staff_sessions.limits())
