"""Connections to accounting systems: OAuth, tokens, health, what is configured on them.

A **connection** is one company's consent to be read and written: *active* while its tokens work, *expired*
once the provider refuses them, *disconnected* when somebody ended it. One company has one row for good, so
what belongs to two companies is never mixed. At most two connections are not disconnected. An **attempt** is
one walk to the provider's consent page and back. A token is in clear only on its way to the provider.

    consent      that walk, and what becomes of a consent
    tokens       sealed at rest, refreshed by one process at a time
    gateway      one company's books, ready to be asked
    inventory    which of the two leads on quantities and costs
    service      what people and rooms above do with connections that exist
"""
