"""The `tesseract` command, where it is installed: asked about strips that shapes could not tell."""

import io
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # who only asks whether there is an engine needs no Pillow
    from PIL import Image

SECONDS: Final = 4
LONGEST_TEXT: Final = 4_000
SETTINGS: Final = (
    "tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<",
    "load_system_dawg=0",
    "load_freq_dawg=0",
)


def available() -> bool:
    """True where the command is installed."""
    return shutil.which("tesseract") is not None


def read(strip: "Image.Image") -> str:
    """The text of a strip; '' when the engine is missing, fails or takes too long."""
    engine = shutil.which("tesseract")
    if engine is None:
        return ""
    options = [part for each in SETTINGS for part in ("-c", each)]
    file = io.BytesIO()
    strip.save(file, "PNG", compress_level=1)
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command; the strip goes through the pipe
            [engine, "stdin", "stdout", "--psm", "6", "-l", "eng", *options],
            input=file.getvalue(), capture_output=True, timeout=SECONDS, check=False,
            env={"PATH": os.defpath, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C"} | _data_folder(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")[:LONGEST_TEXT]


def _data_folder() -> dict[str, str]:
    folder = os.environ.get("TESSDATA_PREFIX")
    return {"TESSDATA_PREFIX": folder} if folder else {}
