"""Item sync: the accounting system's items become rows of ours, exactly counted, all or nothing.

    pipeline    pages stream in; what we do not have in just these words is staged
    staging     a database connection of its own, with the temporary tables of one run
    known       the pages of the last listing, which need not be read again
    merge       set-based: first the plan (who is created, updated, deactivated), then its application
    runs        the same, asked for by a person: queued, announced, its result noted on the connection

A *preview* is the pipeline without the last step: it makes the same plan and applies none of it.
"""
