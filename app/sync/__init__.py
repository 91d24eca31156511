"""What every sync shares: the lock, runs and their entries, progress, the summary mail."""
