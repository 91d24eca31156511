"""Builds: BOMs carried out. A build draws its components from stock and puts its output there.

*Planned build*: what stands in the queue, with lines of its own that may differ from the BOM's; it has moved
nothing. *Quick build*: one that is executed at once. *Line*: one component of one build. *Event*: what
happened to a build, when, by whom.

Invariants, which `stock verify` recomputes from the ledger:
an executed build has exactly the movements that its lines and its status tell of;
what went in is what came out: the output costs its consumed components and cost lines, to the last decimal.

`service` is the way in, `models` is for reading in queries, and nobody else writes these tables.

    queue        planned builds: made, put in order, edited, planned by the program itself
    execution    builds carried out, their QA review, their undoing
    display      what pages show of builds, read for them
    views        the pages
"""
