"""BOMs: what one unit of a product is made of, and what can be built now.

A **BOM** is kept as versions, each a row of its own: its **lines** are the components of one unit, its
**costs** what one unit costs beside them. A version never changes (BOM-32, BOM-35): triggers in the database
refuse it, save for its status, which goes from draft to active to archived. At most one version of a product
is active, and that is the one that can be built (BOM-30, BOM-31).
"""
