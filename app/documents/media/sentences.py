"""Why a file is not taken: one sentence for whoever sent it."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

WHY: Final[dict[str, Any]] = {
    "empty": _l("The file is empty. Choose it again, or take the picture anew."),
    "unknown": _l("This is not a PDF, JPEG, PNG, HEIC or WebP file, whatever its name says."),
    "archive": _l(
        "This is an archive or an office document. Save the page in it as a PDF or a picture, and "
        "send that."
    ),
    "markup": _l(
        "Web pages and SVG drawings are not taken, since they can carry programs. Send a PDF or a "
        "picture."
    ),
    "two_formats": _l(
        "This PDF holds a second file of another format before, inside or after it. Print it to a "
        "new PDF, and send that."
    ),
    "pixels": _l(
        "This picture is too large: at most 50 million pixels, and 20,000 on a side. Send a "
        "smaller copy."
    ),
    "webp_pixels": _l(
        "This picture is too large for a WebP: at most 25 million pixels. Send it as a JPEG, or a "
        "smaller copy."
    ),
    "cut": _l("The file ends too early: it was not copied completely. Choose it again."),
    "damaged": _l("The file is damaged and cannot be read. Save it anew, or take a picture."),
    "password": _l("This PDF asks for a password. Save a copy without one, and send that."),
    "script": _l(
        "This PDF carries scripts, which can do harm. Print it to a new PDF, and send that."
    ),
    "launch": _l(
        "This PDF can start programs, open other files or send data. Print it to a new PDF, and "
        "send that."
    ),
    "attachment": _l(
        "This PDF has other files attached to it. Send each paper by itself, as a PDF or a picture."
    ),
    "form": _l(
        "This PDF is a form of a kind (XFA) that can carry programs. Print it to a new PDF, and "
        "send that."
    ),
    "pages": _l("This PDF has too many pages: at most 50. Send only those that matter."),
    "no_page": _l("This document has no such page."),
    "slow": _l("Reading this file takes too long. Send a simpler or smaller copy."),
    "heavy": _l("Reading this file takes too much memory. Send a simpler or smaller copy."),
    "busy": _l("Other files are being read just now. Try again in a moment."),
}
