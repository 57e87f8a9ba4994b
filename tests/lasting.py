"""What the tests make once and keep from file to file."""

from contextlib import AbstractContextManager, ExitStack
from typing import Any, TypeVar

T = TypeVar("T")


class Lasting:
    """What is made once for the worker; the fixtures of an engine end with each file's tests."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        self.ending = ExitStack()

    def get(self, name: str, made: AbstractContextManager[T]) -> T:
        """What goes by the name; entered on first use, left when the worker ends."""
        if name not in self.made:
            self.made[name] = self.ending.enter_context(made)
        found: T = self.made[name]
        return found
