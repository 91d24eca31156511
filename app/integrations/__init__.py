"""Connections to accounting systems: OAuth, tokens, health, what is configured on them."""
