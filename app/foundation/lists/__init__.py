"""Lists of many rows: what they can do, the rows of one page, search, and the same as a file."""
