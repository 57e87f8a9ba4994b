"""A process that dies in the middle: by a real SIGKILL, with all written and not yet committed."""

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from app.core.crypto import vault
from app.extensions import db


def killed_at_commit(number: int, work: Callable[[], Any]) -> None:
    """Do the work in a process of its own, killed as it is about to commit for this time.

    No connection is shared with it: both sides open theirs anew.
    """
    db.session.remove()
    db.engine.dispose()
    vault().engine.dispose()
    child = os.fork()
    if not child:
        try:
            _die_at(number)
            work()
        finally:
            os._exit(1)  # it lived on
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it came to its end, so nothing is proved"
    assert os.WTERMSIG(status) == signal.SIGKILL


def _die_at(number: int) -> None:
    left = iter(range(number - 1, -1, -1))

    def maybe(_session: Any) -> None:
        if next(left) == 0:
            db.session.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.session, "before_commit", maybe)
