"""The migrations build what the models say, and take all of it back (hand-written, so held to it here)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app import create_app
from app.extensions import db
from config import Settings
from tests.conftest import ROOT, administer, database_named

MIGRATIONS = str(ROOT / "migrations")


@pytest.fixture
def empty_database(postgres_url: str, environment: dict[str, str], worker_number: int) -> Iterator[Flask]:
    """The application on a database without any table."""
    name = f"lotledger_migrations_{worker_number}"
    administer(postgres_url, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    settings = environment | {"DATABASE_URL": database_named(postgres_url, name)}
    app = create_app(Settings.from_environment(settings))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def things() -> set[str]:
    """Tables, sequences and functions of ours in the database."""
    inspector = inspect(db.engine)
    functions = text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    with db.engine.connect() as connection:
        names = set(connection.scalars(functions))
    return names | set(inspector.get_table_names()) | set(inspector.get_sequence_names())


def test_the_migrations_build_what_the_models_say(empty_database: Flask) -> None:
    upgrade(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_down_to_nothing_and_up_again(empty_database: Flask) -> None:
    upgrade(directory=MIGRATIONS)
    built = things()
    downgrade(directory=MIGRATIONS, revision="base")
    assert things() == {"alembic_version"}
    upgrade(directory=MIGRATIONS)
    assert things() == built


def test_each_step_can_be_taken_back(empty_database: Flask) -> None:
    scripts = list(ScriptDirectory(MIGRATIONS).walk_revisions())
    before: list[set[str]] = []
    for script in reversed(scripts):
        before.append(things() - {"alembic_version"})
        upgrade(directory=MIGRATIONS, revision=script.revision)
    for known in reversed(before):
        downgrade(directory=MIGRATIONS, revision="-1")
        assert things() - {"alembic_version"} == known


def test_names_are_numbered_in_order() -> None:
    names = sorted(path.stem for path in Path(MIGRATIONS, "versions").glob("*.py"))
    order = [script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()][::-1]
    assert names == order
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


STOCKED = """
    INSERT INTO connections (provider, external_company_id, company_name, state, item_types, connected_at,
        access_token, refresh_token)
    VALUES ('quickbooks', '1', 'Alder & Finch', 'expired', '{inventory}', now(), 'sealed', 'sealed');
    INSERT INTO sync_runs (kind, connection_id, title, queued_at) VALUES ('item_sync', 1, 'Item sync', now());
    INSERT INTO products (sku, name, product_type, unit, description, is_active, created_at, updated_at)
    VALUES ('OAK', 'Oak board', 'component', '', '', true, now(), now());
    INSERT INTO sync_stock_changes VALUES (1, 1, 40, 55.5, 3.5, 3.5)
"""


def entries() -> list[tuple[str, ...]]:
    """Name, action and changes of what runs did."""
    with db.engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(text("SELECT name, action, changes FROM sync_entries"))
        ]


def test_changes_of_stock_stay_readable_on_the_way_down_and_up(empty_database: Flask) -> None:
    upgrade(directory=MIGRATIONS, revision="0026_stock_changes_of_syncs")
    with db.engine.begin() as connection:
        connection.execute(text(STOCKED))
    downgrade(directory=MIGRATIONS, revision="-1")
    assert entries() == [("Oak board", "stock", {"on_hand": ["40", "55.5"]})]
    upgrade(directory=MIGRATIONS, revision="0026_stock_changes_of_syncs")
    assert entries() == [("Oak board", "product", {"on_hand": ["40", "55.5"]})]
