"""What pages are drawn with beside templates: values and cells as text, forms, icons, charts, navigation."""
