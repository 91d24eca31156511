"""Builds carried out: what one would do, doing it, its QA review, its undoing.

previewing    what a build would do, by the ledger's own arithmetic
executing     one engine for quick and planned builds
reviewing     QA review: approved, or rejected with some recovery
reversing     an executed build undone
locking       the sync lock, as a build takes it
"""
