"""The workspace itself: business settings, feature switches, alert settings, the audit log's page."""
