"""Many rows for a table at once, made ready for COPY before it is their turn to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from psycopg.copy import Copy, FileWriter
from sqlalchemy import Connection


class Copier:
    """Turns rows into what COPY takes, and sends nothing.

    The connection only says how values are written, so that others may be at work on it meanwhile.
    """

    def __init__(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        self._cursor = driver.cursor()

    def made_of(self, rows: Iterable[tuple[Any, ...]]) -> bytes:
        """The rows; nothing for none."""
        made = BytesIO()
        with Copy(self._cursor, writer=FileWriter(made)) as copy:
            for row in rows:
                copy.write_row(row)
        return made.getvalue()


def send(connection: Connection, statement: str, made: bytes) -> None:
    """A COPY statement is given rows that a `Copier` made."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(made)
