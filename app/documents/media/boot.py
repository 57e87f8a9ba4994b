"""Starts the process that decodes, without loading the application: run as a file, by its path.

The packages above it are put in place empty, so that neither their start-up costs anything nor
settings, keys or the database come within reach of a hostile file.
"""

import importlib
import sys
from types import ModuleType


def start(folder: str, search_path: list[str]) -> None:
    """Serve one task; `folder` is that of the package app."""
    sys.path[:] = search_path
    for name in ("app", "app.documents", "app.documents.media"):
        package = ModuleType(name)
        package.__path__ = [folder + name.removeprefix("app").replace(".", "/")]
        sys.modules[name] = package
    importlib.import_module("app.documents.media.worker").serve()


if __name__ == "__main__":
    start(sys.argv[1], sys.argv[2:])
