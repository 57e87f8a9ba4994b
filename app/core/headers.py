"""Headers of every answer: what a browser may load, keep and tell others."""

from flask import Flask, Response, g, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


def protect(app: Flask) -> None:
    """Send the headers with every answer, errors and static files included."""
    secure = app.extensions["settings"].secure_cookies

    @app.after_request
    def _add(answer: Response) -> Response:
        answer.headers.extend(FIXED)
        if secure:
            year = "max-age=31536000; includeSubDomains"
            answer.headers.setdefault("Strict-Transport-Security", year)
        if request.endpoint == "static":
            answer.headers["Cache-Control"] = "public, max-age=3600"
        else:
            answer.headers.setdefault("Cache-Control", "no-store")
        if request_id := g.get("request_id"):
            answer.headers["X-Request-Id"] = request_id
        return answer
