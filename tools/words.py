"""Collects the words on screen into the catalogues, and compiles these for the application."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
LANGUAGES = ("vi",)
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
BORN = datetime(2026, 11, 22, tzinfo=UTC)  # a fixed date, so that only words change the file
OPTIONS = {"**.html": {"silent": "false"}}


def extracted() -> Catalog:
    """Every message of the application and its templates, as the source has it today."""
    catalog = Catalog(project="Guestbook", fuzzy=False)
    for folder in ("app", "templates"):
        found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, keywords=KEYWORDS)
        for file, _line, message, comments, context in found:
            place = (f"{folder}/{Path(file).as_posix()}", 1)
            catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


def source(language: str) -> Path:
    """The catalogue that people edit."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def compiled(language: str) -> bytes:
    """What the application reads, made from the catalogue that people edit."""
    out = BytesIO()
    write_mo(out, catalogue(language))
    return out.getvalue()


def catalogue(language: str) -> Catalog:
    """The stored catalogue; an empty one for a new language."""
    path = source(language)
    if not path.exists():
        return Catalog(locale=language, project="Guestbook", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def unfinished(language: str) -> Iterator[str]:
    """Messages of today's source that the catalogue lacks, leaves empty, or guesses."""
    stored = catalogue(language)
    for message in extracted():
        if not message.id:
            continue
        known: Message | None = stored.get(message.id, message.context)
        texts = known.string if known else ""
        complete = all(texts) if isinstance(texts, tuple | list) else bool(texts)
        if known is None or known.fuzzy or not complete:
            yield str(message.id)


def update() -> None:
    """Bring each catalogue up to the source, keeping what is translated, and compile it."""
    template = extracted()
    for language in LANGUAGES:
        stored = catalogue(language)
        stored.update(template, no_fuzzy_matching=True)
        stored.obsolete.clear()
        stored.creation_date = stored.revision_date = BORN
        stored.header_comment = f"# Guestbook's words in {language}."
        path = source(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, stored, width=100, omit_header=False, include_lineno=False)
        path.with_suffix(".mo").write_bytes(compiled(language))
        left = list(unfinished(language))
        print(f"{language}: {len(stored)} messages, {len(left)} to translate")


if __name__ == "__main__":
    update()
