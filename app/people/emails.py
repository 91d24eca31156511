"""E-mail addresses: the identifiers that people sign in with (ACC-4)."""

from __future__ import annotations

from wtforms.validators import ValidationError

from app.foundation.errors import InvalidInput
from app.foundation.pages.forms import LONGEST_EMAIL, is_storable, normal_email


def clean_email(text: str) -> str:
    """The address as it is stored and compared: without blanks around it, in small letters.

    Raises InvalidInput for what no mail could be written to.
    """
    address = text.strip()
    if len(address) > LONGEST_EMAIL or not is_storable(address):
        raise InvalidInput("Enter an e-mail address, such as anna@example.com.", field="email")
    try:
        return normal_email(address).lower()
    except ValidationError as error:
        raise InvalidInput(str(error), field="email") from error
