"""The demo: a whole installation on this machine, with sample people and a simulated QuickBooks company.

It keeps everything in the folder `demo` of the instance folder; deleting that folder starts afresh.
"""
