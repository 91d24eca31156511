"""The accounting system's items: sync, list, visibility, import, links to products."""
