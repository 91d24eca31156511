"""The pages of the people: sign-in, profile, team, invitations, permissions."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people", "app.people", template_folder="templates")

from app.people.views import (  # noqa: E402  each module adds its pages to the blueprint above
    invitations,
    members,
    permissions,
    profile,
    sign_in,
)

__all__ = ["blueprint", "invitations", "members", "permissions", "profile", "sign_in"]
