"""Accounting systems over HTTP and JSON, in neutral terms; no tables."""
