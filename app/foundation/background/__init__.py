"""Work beside that of a request: queued jobs, the workers that do them, processes and threads of our own."""
