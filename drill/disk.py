"""A small disk of its own that can be filled up to the last byte."""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
CLONE_NEWNS, CLONE_NEWUSER, MNT_DETACH = 0x00020000, 0x10000000, 2
PIECE = 1 << 20


class Disk:
    """A tmpfs at `folder`; `how` says in words what it is, empty where this machine allows none.

    Root mounts it. Anybody else does so in a user namespace of this process and its children, which has to be
    entered before there is a second thread.
    """

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        self.folder = folder
        self.how = ""
        folder.mkdir(parents=True, exist_ok=True)
        self.unmount()  # what a killed drill has left
        if self._mount(megabytes):
            self.how = f"tmpfs of {megabytes} MB, mounted by root"
        elif _enter_namespace() and self._mount(megabytes):
            self.how = f"tmpfs of {megabytes} MB in a user namespace"

    def _mount(self, megabytes: int) -> bool:
        options = f"size={megabytes}m,mode=0755".encode()
        return LIBC is not None and LIBC.mount(b"drill", bytes(self.folder), b"tmpfs", 0, options) == 0

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Leave not a single block: whoever needs one gets ENOSPC from the kernel."""
        with self._filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(PIECE))

    def clear(self) -> None:
        self._filler.unlink(missing_ok=True)

    def unmount(self) -> None:
        if LIBC is not None:
            LIBC.umount2(bytes(self.folder), MNT_DETACH)


def _enter_namespace() -> bool:
    user, group = os.getuid(), os.getgid()
    if LIBC is None or LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True
