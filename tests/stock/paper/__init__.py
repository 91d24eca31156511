"""The ledger as one would keep it on paper: slow, obvious, and sharing no code with the real one.

A *page* is a product: what is on hand and its value. In lots a shelf is a queue of lots, less what is owed.
Every movement leaves a *line*, which remembers what it took from which lot, so that it can be taken back to
the letter. The rules are sections 3 and 4 of the design; `tests.stock.machine` holds the real ledger to them.
"""
