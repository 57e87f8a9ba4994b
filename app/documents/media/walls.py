"""Walls around the process that decodes: it reads programs and libraries, and reaches nothing else.

Linux 5.13 and newer can do that for any process (Landlock, of which Python knows nothing yet), and
from 6.7 on for the network too. Elsewhere the process still has no key and few means.
"""

import ctypes
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

_CREATE, _ADD, _ENCLOSE = 444, 445, 446  # calls of the kernel, the same on every machine
_NO_NEW_PRIVILEGES: Final = 38
_ASK_VERSION: Final = 1
_BELOW_A_PATH: Final = 1
_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/dev/urandom")


def enclose(folders: list[str]) -> int:
    """Allow reading below these folders and the system's own, and nothing more, for good.

    Tells what version of Landlock does it: from 4 on no network is reached either, from 6 on no
    process outside; 0 where the system cannot do it at all.
    """
    kernel = _kernel()
    version = kernel(_CREATE, None, 0, _ASK_VERSION) if kernel else 0
    if version < 1:
        return 0
    walls = kernel(_CREATE, *_forbidden(version), 0)
    for path in (*_SYSTEM, *folders):
        _open_door(kernel, walls, path, _READ)
    _open_door(kernel, walls, "/dev/null", _READ | _WRITE)
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return int(version) if kernel(_ENCLOSE, walls, 0) == 0 else 0


def _kernel() -> Any:
    if sys.platform != "linux":
        return None
    call = ctypes.CDLL(None).syscall
    call.restype = ctypes.c_long
    return call


def _forbidden(version: int) -> tuple[Any, ctypes.c_size_t]:
    """All that this version of the kernel can forbid, and how long its description is."""
    files = (1 << (13 + sum(version >= since for since in (2, 3, 5)))) - 1
    network = signals = 3
    kinds = [files, *([network] if version >= 4 else []), *([signals] if version >= 6 else [])]
    return (ctypes.c_uint64 * len(kinds))(*kinds), ctypes.c_size_t(8 * len(kinds))


def _open_door(kernel: Any, walls: int, path: str, access: int) -> None:
    place = Path(path)
    if not place.is_absolute() or place == place.parent:
        return  # the whole disk is never meant
    if access == _READ:
        access |= _EXECUTE | (_LIST if place.is_dir() else 0)
    with suppress(OSError):
        door = os.open(place, os.O_PATH | os.O_CLOEXEC)
        kernel(_ADD, walls, _BELOW_A_PATH, struct.pack("=Qi", access, door), 0)
        os.close(door)
