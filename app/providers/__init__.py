"""Accounting systems over HTTP and JSON, in neutral terms; no tables and no pages.

    base       the records, and what every accounting system can be asked (`AccountingProvider`)
    oauth      the tokens, and how they are got (`OAuthClient`, `TokenSource`)
    errors     everything that can go wrong, as one small family
    registry   which systems there are: the only module that knows their names
    transport  one request: token, turn, answer, another try; with guard, retry, throttle and documents
    quickbooks the words of QuickBooks Online

What a system cannot do is said by its `Capabilities`. No caller asks which system it talks to.
"""
