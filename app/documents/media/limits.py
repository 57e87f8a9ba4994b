"""What the process that decodes may use at most."""

import resource
from contextlib import suppress
from typing import Final

MOST_MEMORY: Final = 700 << 20
MOST_CPU_SECONDS: Final = 20
MOST_SECONDS: Final = 30
"""By the clock, waiting for the store included."""
MOST_PIXELS: Final = 50_000_000
MOST_WEBP_PIXELS: Final = 25_000_000
"""Its decoder holds the picture three times more."""
LONGEST_SIDE: Final = 20_000
MOST_PAGES: Final = 50

_LIMITS: Final = {
    resource.RLIMIT_AS: MOST_MEMORY,
    resource.RLIMIT_CPU: MOST_CPU_SECONDS,
    resource.RLIMIT_FSIZE: 0,  # no file is written, not even a temporary one
    resource.RLIMIT_CORE: 0,  # a crash leaves no picture of the memory on the disk
    resource.RLIMIT_NOFILE: 64,
}


def accept_limits() -> None:
    """Take the limits on, for good; what a system does not know (macOS: memory) is left out."""
    for limit, most in _LIMITS.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
