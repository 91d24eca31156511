"""Products made from a file (IMP-9, ONB-7, OQ-58), all of its rows or none.

A *file* as it was sent is read once into a *sheet*: the columns that its header names and the cells' exact
text. The sheet is kept as an *upload*, so that any web process can show it and carry it out. Whenever it is
shown or carried out it is *checked* against the catalogue as it is then; each error names its row and column.
"""
