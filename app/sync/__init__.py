"""What every sync shares: the lock, runs and their entries, progress, the summary mail.

One thing at a time changes what the accounting system leads on. Whoever does so holds the *sync lock*: a
lease in Redis that lapses by itself, and a *fencing number* in PostgreSQL without which nothing can be
committed once the lease has passed to somebody else (design section 5).
"""
