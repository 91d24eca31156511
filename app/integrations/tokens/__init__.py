"""A connection's tokens: sealed at rest, the same to all processes, never lost while they are renewed.

current       the access token that is good now, refreshed by one process at a time
refreshing    having one refreshed by a process that outlives us
refresher     that process
errands       what it is told and what it tells
vault         tokens at rest, sealed for one place
places        such a place
"""
