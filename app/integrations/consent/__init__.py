"""The walk to a provider's consent page and back, and what becomes of the consent.

attempts      one walk: one state, one person, one session, once, ten minutes
session       what ties a walk to the browser that began it
callback      the provider's answer, whatever it is
grants        what a consent brought: a company and the tokens that open it
connecting    a new connection, a renewed one, or a question
holding       a consent for another company, kept sealed until the person decides
switching     a connection's company replaced, once the person has said so
"""
