"""What people type about themselves and each other."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import EqualTo, Length

from app.foundation.pages.forms import EmailField, Form, SecretField, TextField
from app.people.models import User
from app.people.passwords import MIN_LENGTH
from app.people.permissions import Role

LONGEST_NAME = 100
LONGEST_PHONE = 40

LONG_ENOUGH = Length(min=MIN_LENGTH, message=f"Use at least {MIN_LENGTH} characters.")


def _email(label: str = "E-mail address", autocomplete: str = "email") -> EmailField:
    return EmailField(label, render_kw={"autocomplete": autocomplete, "autocapitalize": "none"})


def _first_name() -> TextField:
    keywords = {"autocomplete": "given-name"}
    return TextField("First name", required=True, longest=LONGEST_NAME, render_kw=keywords)


def _last_name() -> TextField:
    return TextField("Last name", longest=LONGEST_NAME, render_kw={"autocomplete": "family-name"})


def _current(label: str) -> SecretField:
    return SecretField(label, render_kw={"autocomplete": "current-password"})


def _new(label: str) -> SecretField:
    return SecretField(label, validators=[LONG_ENOUGH], render_kw={"autocomplete": "new-password"})


def _repeated(of: str) -> SecretField:
    same = EqualTo(of, message="The two passwords differ.")
    return SecretField("Repeat the password", validators=[same], render_kw={"autocomplete": "new-password"})


class SignInForm(Form):
    """Who is it?"""

    email = _email(autocomplete="username")
    password = _current("Password")


class ProfileForm(Form):
    """A person's own name and number (ACC-3)."""

    first_name = _first_name()
    last_name = _last_name()
    phone = TextField("Phone", longest=LONGEST_PHONE, render_kw={"autocomplete": "tel", "type": "tel"})


class PasswordForm(Form):
    """A new password, for somebody who knows the present one (ACC-11, ACC-12)."""

    current_password = _current("Current password")
    new_password = _new("New password")
    repeated = _repeated("new_password")


class InviteForm(Form):
    """Whom to invite, as what; the view fills in the roles that the inviter may give."""

    email = _email(autocomplete="off")
    role = SelectField("Role", default=Role.BUILDER.value)

    def offer(self, roles: tuple[Role, ...]) -> None:
        """Makes `roles` the choices."""
        self.role.choices = [SelectChoice(role.value, role.label) for role in roles]


class NewUserForm(Form):
    """Name and password of somebody who becomes a user, by invitation or as the Owner."""

    first_name = _first_name()
    last_name = _last_name()
    password = _new("Password")
    repeated = _repeated("password")


class TransferForm(Form):
    """Who becomes the Owner; the view fills in the active Admins."""

    member = SelectField("New Owner")
    password = _current("Your password")

    def offer(self, admins: list[User]) -> None:
        """Makes `admins` the choices."""
        self.member.choices = [
            SelectChoice(str(admin.id), f"{admin.full_name} ({admin.email})") for admin in admins
        ]
