"""Where gunicorn and the `flask` command find the application."""

import gc
import sys

from app import create_app
from app.config import WrongSetting
from app.core.logs import log_to_console

try:
    app = create_app()
except WrongSetting as wrong:
    sys.exit(f"Guestbook cannot start: {wrong}")
log_to_console(app.extensions["settings"].log_level)
gc.collect()
gc.freeze()  # what is loaded by now stays; looking through it again held pages up
