"""The workspace: the business that this installation serves, its settings and their log."""
