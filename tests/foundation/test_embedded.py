"""The embedded servers, with real processes: shared, kept across restarts, gone with their last user."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.foundation.embedded import ensure_postgres, ensure_redis, release
from tests.foundation.embedded_support import (
    ServerUser,
    ask_redis,
    connect,
    one,
    pid_in,
    server_folder,
    server_runs,
    wait_until,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    with server_folder() as made:
        yield made


def test_data_survives_a_restart_of_both_servers(folder: Path) -> None:
    with connect(ensure_postgres(folder / "postgres")) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with ask_redis(ensure_redis(folder / "redis")) as store:
        store.set("kept", "yes")
    release(folder / "postgres")
    release(folder / "redis")
    assert not server_runs(folder / "postgres")
    assert not server_runs(folder / "redis")
    with connect(ensure_postgres(folder / "postgres")) as database:
        assert database.execute("SELECT answer FROM kept").fetchone() == (42,)
    with ask_redis(ensure_redis(folder / "redis")) as store:
        assert store.get("kept") == "yes"


def test_it_is_postgresql_18_listening_at_a_private_socket_only(folder: Path) -> None:
    with connect(ensure_postgres(folder / "postgres")) as database:
        row = database.execute("SELECT current_setting('server_version_num')::int / 10000").fetchone()
        assert row == (18,)
        assert database.execute("SHOW listen_addresses").fetchone() == ("",)
        assert database.execute("SHOW fsync").fetchone() == ("on",)
    run = folder / "postgres" / "run"
    assert run.stat().st_mode & 0o077 == 0


def test_redis_writes_every_command_to_its_file(folder: Path) -> None:
    with ask_redis(ensure_redis(folder / "redis")) as store:
        wanted = {"appendonly": "yes", "appendfsync": "everysec", "port": "0"}
        assert {name: store.config_get(name)[name] for name in wanted} == wanted


def test_two_commands_share_a_server_that_ends_after_the_second(folder: Path) -> None:
    first, second = ServerUser(folder, "redis"), ServerUser(folder, "redis")
    assert first.addresses == second.addresses
    first.leave()
    with ask_redis(f"unix://{folder}/redis/run/redis.sock?db=0") as store:
        assert store.ping()
    second.leave()
    wait_until(lambda: not server_runs(folder / "redis"))


def test_many_commands_starting_at_once_start_one_server(folder: Path) -> None:
    users = [ServerUser(folder, "postgres") for _ in range(4)]
    addresses = {user.addresses["postgres"] for user in users}
    assert len(addresses) == 1
    log = (folder / "postgres" / "server.log").read_text()
    assert log.count("starting PostgreSQL") == 1
    for user in users:
        user.leave()


def test_a_server_whose_users_were_killed_ends(folder: Path) -> None:
    user = ServerUser(folder, "postgres", "redis")
    assert user.addresses
    user.kill()
    wait_until(lambda: not server_runs(folder / "postgres") and not server_runs(folder / "redis"))


def test_a_server_whose_folder_was_deleted_ends(folder: Path) -> None:
    user = ServerUser(folder, "redis")
    assert user.addresses
    server = pid_in(folder / "redis", "server")
    user.kill()
    shutil.rmtree(folder / "redis")
    wait_until(lambda: not Path(f"/proc/{server}").exists())


def test_a_server_left_by_a_killed_keeper_is_adopted(folder: Path) -> None:
    user = ServerUser(folder, "postgres")
    assert user.addresses
    home = folder / "postgres"
    server, keeper = pid_in(home, "server"), pid_in(home, "keeper")
    os.kill(keeper, signal.SIGKILL)
    user.kill()
    assert one(ensure_postgres(home), "SELECT 1") == 1
    assert pid_in(home, "server") == server
    assert pid_in(home, "keeper") != keeper
    release(home)
    assert not server_runs(home)


def test_everything_killed_at_once_starts_again_with_its_data(folder: Path) -> None:
    user = ServerUser(folder, "postgres", "redis")
    addresses = user.addresses
    with connect(addresses["postgres"]) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    homes = [folder / "postgres", folder / "redis"]
    for home in homes:
        os.kill(pid_in(home, "keeper"), signal.SIGKILL)
        os.kill(pid_in(home, "server"), signal.SIGKILL)
    user.kill()
    assert (folder / "postgres" / "data" / "postmaster.pid").exists()
    assert (folder / "redis" / "run" / "redis.sock").exists()
    again = ServerUser(folder, "postgres", "redis")
    with connect(again.addresses["postgres"]) as database:
        assert database.execute("SELECT answer FROM kept").fetchone() == (42,)
    again.leave()


def test_a_crashed_server_is_started_again_while_it_is_used(folder: Path) -> None:
    with ask_redis(ensure_redis(folder / "redis")) as store:
        crashed = pid_in(folder / "redis", "server")
        os.kill(crashed, signal.SIGKILL)
        wait_until(lambda: pid_in(folder / "redis", "server") != crashed)
        ensure_redis(folder / "redis")
        assert store.ping()


def test_pid_files_and_sockets_of_others_do_not_stop_a_start(folder: Path) -> None:
    ensure_postgres(folder / "postgres")
    release(folder / "postgres")
    (folder / "postgres" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n0\n5432\n")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(folder / "postgres" / "run" / ".s.PGSQL.5432"))
    assert one(ensure_postgres(folder / "postgres"), "SELECT 1") == 1


def test_a_deep_folder_gets_its_socket_elsewhere(folder: Path) -> None:
    deep = folder / ("very-" * 15 + "deep") / ("very-" * 10 + "deep") / "redis"
    address = ensure_redis(deep)
    assert len(address.removeprefix("unix://").removesuffix("?db=0")) < 100
    with ask_redis(address) as store:
        assert store.ping()
    release(deep)
    Path(address.removeprefix("unix://").removesuffix("?db=0")).parent.rmdir()


def test_a_test_server_leaves_no_data_behind(folder: Path) -> None:
    assert one(ensure_postgres(folder / "postgres", fast=True), "SHOW fsync") == "off"
    release(folder / "postgres")
    assert not (folder / "postgres" / "data").exists()
