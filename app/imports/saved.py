"""Mappings kept by name, and found again by the titles of a file's columns."""

import uuid

from sqlalchemy import select

from app.core import audit
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.core.inputs import Input, Line
from app.extensions import db
from app.imports import mapping
from app.imports.mapping import Preview
from app.imports.models import ImportBatch, ImportTemplate
from app.imports.targets import PERMISSION, target_of


class TemplateInput(Input):
    """The name to keep a mapping under."""

    template_name = Line(required=True, allow_none=False, max_length=100)


def fitting(target: str, seen: Preview) -> ImportTemplate | None:
    """The template that was made for a file with these titles, the newest first; or none."""
    newest = select(ImportTemplate).where(ImportTemplate.target == target)
    for template in db.session.scalars(newest.order_by(ImportTemplate.updated_at.desc())):
        if mapping.fits(template.mapping, seen.columns):
            return template
    return None


def adopt(batch: ImportBatch, template: ImportTemplate, seen: Preview, *, by: Actor) -> None:
    """Take mapping and choices over from a template, as far as this person may write."""
    allowed = {f.name for f in target_of(batch.target).fields(by)}
    wanted = mapping.apply(template.mapping, seen.columns)
    batch.mapping = {index: name for index, name in wanted.items() if name in allowed}
    batch.options = batch.options | template.options | {"template": template.name}


def keep_template(batch: ImportBatch, name: str, seen: Preview, *, by: Actor) -> ImportTemplate:
    """Keep the batch's mapping and choices under a name; a name in use is written anew."""
    by.must(PERMISSION)
    name = TemplateInput.read({"template_name": name})["template_name"]
    same = (ImportTemplate.target == batch.target, ImportTemplate.name == name)
    template = db.session.scalar(select(ImportTemplate).where(*same))
    if template is None:
        template = ImportTemplate(target=batch.target, name=name)
        db.session.add(template)
    template.mapping = mapping.by_titles(batch.mapping, seen.columns)
    template.options = {n: v for n, v in batch.options.items() if n != "template"}
    template.by_name, template.updated_at = by.name, now()
    batch.options = batch.options | {"template": name}
    db.session.flush()
    audit.record("import_template.saved", ("import_template", template.id), by=by, name=name)
    return template


def templates(target: str) -> list[ImportTemplate]:
    """The saved templates, by name."""
    query = select(ImportTemplate).where(ImportTemplate.target == target)
    return list(db.session.scalars(query.order_by(ImportTemplate.name)))


def all_templates() -> list[ImportTemplate]:
    """Those of every kind of record, by name."""
    return list(db.session.scalars(select(ImportTemplate).order_by(ImportTemplate.name)))


def template_of(target: str, name: str) -> ImportTemplate:
    """The template with this name. Raises NotFound."""
    found = next((t for t in templates(target) if t.name == name), None)
    if found is None:
        raise NotFound(name)
    return found


def drop_template(template_id: uuid.UUID, *, by: Actor) -> None:
    """Forget a template; imports made with it stay as they are."""
    by.must(PERMISSION)
    template = db.session.get(ImportTemplate, template_id)
    if template is not None:
        db.session.delete(template)
        audit.record("import_template.removed", ("import_template", template_id), by=by)
