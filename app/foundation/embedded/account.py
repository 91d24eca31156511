"""Which system user the embedded PostgreSQL runs as, and where its folder lies.

PostgreSQL refuses to run as root. Started by root, it runs as the owner of its data or else as `nobody`, who
owns the data folder and nothing else. That user must be able to reach the folder; where it cannot (a checkout
under `/root`, a private temporary folder), the data lies in `/var/lib`, and a file `location` says where.
"""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.foundation.embedded.errors import EmbeddedServerError, prepare_folder

ORDINARY_USER = "nobody"
LOCATION = "location"
ROOMY_ROOT = Path("/var/lib")


@dataclass(frozen=True)
class Account:
    """The user id and group id a server runs as, its folder, and whether that is the one asked for."""

    home: Path
    uid: int
    gid: int
    at_home: bool = True

    @property
    def identity(self) -> dict[str, Any]:
        """The arguments that make `subprocess` start a program as this user; none if that is what we are."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """`path` belongs to this user."""
        if os.geteuid() != self.uid:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this user can look inside the folder `path`."""
        test = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(path)],
            cwd="/",
            capture_output=True,
            check=False,
            **self.identity,
        )
        return test.returncode == 0


def server_account(directory: Path) -> Account:
    """The account for the server of `directory` (which exists), its home reachable by it.

    Raises EmbeddedServerError when root finds no ordinary user or no reachable place.
    """
    if os.geteuid() != 0:
        return Account(directory, os.geteuid(), os.getegid())
    uid, gid = _ordinary_user(directory)
    home = home_of(directory)
    if home != directory:
        return Account(prepare_folder(home), uid, gid, at_home=False)
    _open_door(directory)
    account = Account(directory, uid, gid)
    if account.reaches(directory):
        return account
    return Account(_move_out(directory), uid, gid, at_home=False)


def home_of(directory: Path) -> Path:
    """Where the data of the server of `directory` really lies: there, or where the file `location` says."""
    note = directory / LOCATION
    return Path(note.read_text().strip()) if note.exists() else directory


def _ordinary_user(directory: Path) -> tuple[int, int]:
    data = directory / "data"
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    try:
        entry = pwd.getpwnam(ORDINARY_USER)
    except KeyError as error:
        raise EmbeddedServerError(
            "PostgreSQL does not run as root and there is no user 'nobody'; run this as an ordinary user."
        ) from error
    return entry.pw_uid, entry.pw_gid


def _open_door(directory: Path) -> None:
    """Others may pass through the folder, without listing it; what lies in it stays closed to them."""
    if directory.stat().st_uid == 0:
        directory.chmod(0o711)


def _move_out(directory: Path) -> Path:
    """A new folder under `/var/lib`, remembered in the file `location` of `directory`.

    Of several processes that start at once one decides, and the others go where it went.
    """
    home = ROOMY_ROOT / f"lotledger-{secrets.token_hex(6)}"
    prepare_folder(home)
    _open_door(home)
    note = directory / f"{LOCATION}.{home.name}"
    note.write_text(f"{home}\n")
    try:
        os.link(note, directory / LOCATION)
    except FileExistsError:
        home.rmdir()
    finally:
        note.unlink()
    return home_of(directory)
