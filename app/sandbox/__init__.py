"""A simulated QuickBooks Online."""
