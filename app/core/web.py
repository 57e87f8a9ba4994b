"""The web's side of every feature: page or fragment, reading what was sent, safe redirects."""

from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Response, make_response, render_template
from htmx_flask import request

from app.core.errors import Invalid
from app.core.inputs import SENTENCES

LONGEST_ADDRESS = 45
FORM = "application/x-www-form-urlencoded"


def wants_fragment() -> bool:
    """True for a request by htmx for a part of a page; not for boosted links or history."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_fragment(page: str, fragment: str, status: int = 200, **context: Any) -> Response:
    """Render the page, or for htmx the very fragment that the page includes."""
    template = fragment if wants_fragment() else page
    answer = make_response(render_template(template, **context), status)
    answer.vary.add("HX-Request")
    return answer


def local_path(target: str | None, fallback: str) -> str:
    """The target when it is a path of this site, else the fallback; nothing leads outside."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return fallback
    if any(ord(c) < 33 or c == "\\" for c in target):
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target


def refuse_broken_text() -> None:
    """Raise Invalid where bytes of the query or the form are no UTF-8; browsers send none such.

    Werkzeug would hand them on as `%FF`, as if somebody had typed that.
    """
    sent = request.query_string
    if request.mimetype == FORM:
        sent += b"&" + request.get_data(cache=True)
    if _is_text(sent):
        return
    broken = [pair.partition(b"=")[0] for pair in sent.split(b"&") if not _is_text(pair)]
    raise Invalid({name.decode("ascii", "replace"): SENTENCES["unicode"] for name in broken})


def _is_text(sent: bytes) -> bool:
    try:
        unquote_to_bytes(sent).decode()
    except UnicodeDecodeError:
        return False
    return True


def client_address() -> str | None:
    """The caller's address as the trusted proxies say; an IPv4 one in its own style."""
    said: str = request.remote_addr or ""
    try:
        known = ip_address(said.partition("%")[0])
    except ValueError:
        return said[:LONGEST_ADDRESS] or None
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return str(mapped or known)
