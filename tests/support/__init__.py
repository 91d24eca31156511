"""What several test modules share: builders, processes, page helpers."""
