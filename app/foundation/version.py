"""Which Lotledger this is; `pyproject.toml` names the same."""

VERSION = "0.1.0"
