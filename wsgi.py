"""Where gunicorn and the `flask` command find the application."""

import gc
import os
import sys

from app import create_app
from app.config import WrongSetting
from app.core.logs import log_to_console
from app.core.memory import hold_little_memory

os.umask(0o077)  # what is written here is about guests, and nobody else's on this machine
hold_little_memory()
try:
    app = create_app()
except WrongSetting as wrong:
    sys.exit(f"Guestbook cannot start: {wrong}")
log_to_console(app.extensions["settings"].log_level)
gc.collect()
gc.freeze()  # what is loaded by now stays; looking through it again held pages up
gc.set_threshold(20_000)  # a page makes some ten thousand objects, hardly any of them in a ring
