"""Planned builds: made, put in order, edited, and planned by the program itself.

planning        made, assigned, taken to another BOM version, deleted
editing         quantity, date, assignee, notes and lines
changes         whether somebody else has changed one since its form was opened
order           which of them is the more urgent
autoplanning    planned where stock is at or below a build point
shortfalls      which cannot be executed with what is on hand
"""
