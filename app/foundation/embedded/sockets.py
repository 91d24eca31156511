"""Where the servers' sockets live.

The kernel bounds a socket's path (107 bytes on Linux, 103 on macOS). A server folder with a short path keeps
its socket in itself; a deep one gets a folder of its own in `/tmp`, named by a hash of the path, so that
every command finds the same one whatever its environment says of temporary folders.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from app.foundation.embedded.errors import EmbeddedServerError

LONGEST_FOLDER = 80
SHORT_ROOT = Path("/tmp")  # noqa: S108


def socket_folder(home: Path, owner: int) -> Path:
    """A folder that only `owner` (a user id) can enter, with a path short enough for a socket in it.

    Raises EmbeddedServerError when somebody else made a folder of that name.
    """
    folder = home / "run"
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        folder = SHORT_ROOT / f"lotledger-{digest}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if os.geteuid() == 0 and found.st_uid == 0 and stat.S_ISDIR(found.st_mode):
            os.chown(folder, owner, -1, follow_symlinks=False)
            found = folder.lstat()
    except OSError as error:
        raise EmbeddedServerError(f"The socket folder {folder} cannot be made: {error.strerror}.") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise EmbeddedServerError(f"The folder {folder} belongs to somebody else; remove it and start again.")
    return folder
