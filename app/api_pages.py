"""The OpenAPI document, for machines and for people."""

import re
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template

from app.auth import staff_sessions
from app.auth.guard import public
from app.core.openapi import current_document

blueprint = Blueprint("api_pages", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
@public
def openapi() -> Response:
    """The document; it holds no data, so anybody may read it."""
    return jsonify(current_document())


@blueprint.get("/docs")
@public
def docs() -> str:
    """The same as a page; who is signed in keeps the menu beside it."""
    user = staff_sessions.present_user()
    if user is not None and not staff_sessions.is_locked():
        g.actor = user.actor
    return render_template("api/docs.html", document=current_document(), **READERS)


def anchor(text: str) -> str:
    """An id for a heading: `get-api-customers-id`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference of the document points to, or the node itself."""
    found: Any = node
    while "$ref" in found:
        target: Any = current_document()
        for step in found["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        found = target
    return dict(found)


def name_of(node: dict[str, Any]) -> str:
    """The name of the schema that a node refers to; '' where it refers to none."""
    for each in (node, *node.get("anyOf", ())):
        if "$ref" in each:
            return str(each["$ref"].rpartition("/")[2])
    return name_of(node["items"]) if "items" in node else ""


def kind_of(node: dict[str, Any]) -> str:
    """The type of a value in words: `string (date) or null`, `list of string`."""
    if name := name_of(node):
        return f"list of {name}" if "items" in node else name
    types = node.get("type", "any")
    names = [str(n) for n in types] if isinstance(types, list) else [str(types)]
    if "items" in node:
        names[0] = f"list of {kind_of(node['items'])}"
    elif node.get("format"):
        names[0] += f" ({node['format']})"
    return " or ".join(names)


BOUNDS = {
    "minLength": "at least {} characters", "maxLength": "at most {} characters",
    "minimum": "from {}", "maximum": "to {}", "exclusiveMaximum": "below {}",
    "maxItems": "at most {} entries", "default": "default {}",
}  # fmt: skip


def meaning_of(node: dict[str, Any], said: str = "") -> str:
    """What a value means, and its limits, as one line."""
    listed = [f"`{word}`" for word in node.get("enum", ()) if word is not None]
    limits = [] if listed else [
        words.format(node[key]) for key, words in BOUNDS.items() if node.get(key) is not None
    ]  # fmt: skip
    parts = [said, node.get("title"), node.get("description"), *limits]
    parts += [f"one of {', '.join(listed)}"] if listed else []
    return "; ".join(part.rstrip(".") for part in parts if part)


READERS = {
    "anchor": anchor, "resolve": resolve, "name_of": name_of, "kind_of": kind_of,
    "meaning_of": meaning_of,
}  # fmt: skip
