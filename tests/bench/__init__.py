"""Speed and size, measured against a floor in the same run (design section 15); `make bench` runs it."""
