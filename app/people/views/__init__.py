"""The pages of the people: sign-in, profile, team, invitations, permissions.

Importing the package makes each module add its pages to the one blueprint.
"""

from __future__ import annotations

from app.people.views import invitations, members, permissions, profile, sign_in
from app.people.views.blueprint import blueprint

__all__ = ["blueprint", "invitations", "members", "permissions", "profile", "sign_in"]
