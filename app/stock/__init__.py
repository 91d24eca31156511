"""The ledger: what is on hand of every product, what it cost, and every movement that made it so.

*Level*: quantity on hand and its total value; the unit cost is their quotient (weighted average, WAC).
*Transaction*: one signed change of a level's quantity, value or both; never changed, never deleted.
*Lot*: what a receipt or a build put on the shelf, with the quantity and cost still in it. *Draw*: what one
transaction took from one lot (negative: gave back). *Shortage*: what was sold without being there, at a
provisional cost.

Invariants, to the last decimal and for ever (`verify` recomputes them all):
a level is the sum of its product's transactions, in quantity and in value;
while lots are on, a level is what its open lots hold less its open shortages.

`service` is the way in, `models` is for reading in queries, and nobody else writes these tables. Products are
known here by their ids only.
"""
