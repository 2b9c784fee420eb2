"""Whether a file lies on a network file system."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

__all__ = ["is_remote"]

#: File systems that several machines see, and that have no memory which processes on them could share.
_REMOTE: Final = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "glusterfs",
    "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "panfs", "pvfs2", "smb3", "smbfs", "wekafs",
})  # fmt: skip
#: Where Linux says what is mounted.
_MOUNTS: Final = Path("/proc/self/mounts")


def is_remote(path: Path, mounts: str | None = None) -> bool:
    """Whether a file is on a network file system, as far as the system says.

    >>> is_remote(Path("/home/ada/book"), "server:/home /home nfs4 rw 0 0")
    True

    Args:
        path: The file, which need not be there yet.
        mounts: The system's table of mounts, as in fstab(5); left out: the one of this machine.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text("utf-8", "surrogateescape")
        except OSError:
            return False
    lines = (line.split() for line in mounts.splitlines())
    # Of two on one folder the later one hides the earlier.
    kinds = {_unescaped(fields[1]): fields[2] for fields in lines if len(fields) > 2}
    folders = map(str, path.resolve().parents)
    return next((kinds[folder] for folder in folders if folder in kinds), "") in _REMOTE


def _unescaped(text: str) -> str:
    """A path of the table: blanks and backslashes are written there as three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
