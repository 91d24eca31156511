"""Users, roles, permissions, sign-in, invitations, profile."""
