"""What the database itself refuses, whatever the program does."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.extensions import db
from app.foundation.audit import record
from tests.support.people import create_user

pytestmark = pytest.mark.usefixtures("context")


def test_a_second_owner_is_refused() -> None:
    create_user("owner")
    with pytest.raises(IntegrityError, match="uq_users_owner"):
        create_user("owner")


def test_an_owner_who_is_not_active_is_refused() -> None:
    with pytest.raises(IntegrityError, match="owner_is_active"):
        create_user("owner", is_active=False)


def test_an_email_in_other_letters_is_the_same_email() -> None:
    create_user("builder", email="ana@example.com")
    with pytest.raises(IntegrityError, match="uq_users_email"):
        create_user("builder", email="Ana@Example.com")


@pytest.mark.parametrize("value", [{"role": "god"}, {"sync_mail": "hourly"}])
def test_words_outside_their_list_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        create_user(**({"role": "builder"} | value))


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"])
def test_the_audit_log_refuses_to_be_changed(context: Flask, statement: str) -> None:
    record(action="team.invited", subject="Ana", user_id=None)
    db.session.commit()
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        db.session.execute(sa.text(statement))
