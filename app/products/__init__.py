"""The catalogue of what the workshop keeps and makes."""
