"""How much memory the C library holds back from the system."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_ARENA_MAX = -1, -8  # names and numbers of glibc's malloc.h
ARENAS = 2
TRIM_FROM = 128 * 1024


def hold_little_memory() -> bool:
    """Give back what is free, and let all threads share two arenas; True where that is heard.

    By default glibc keeps an arena for each thread and grows what it holds back. Python takes turns
    at its own lock anyway, so that costs a fifth of a worker's memory and gains nothing.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is None:
        return False
    return bool(mallopt(M_ARENA_MAX, ARENAS) and mallopt(M_TRIM_THRESHOLD, TRIM_FROM))
