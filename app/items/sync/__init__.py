"""Item sync: the accounting system's items become rows of ours, exactly counted, all or nothing.

    pipeline    pages stream in, are added to a listing, and the run ends in one transaction with it
    first       a company's first listing, which goes straight into the tables
    staging     a later one: what we do not have in just these words is compared as it comes
    planning    what the run is going to do with each item: its entries
    changes     SQL for what such an entry says has changed
    known       the pages of a listing, and those of the last one, which need not be read again
    merge       the end of a later listing: the plan is completed and carried out
    storing     the statements that do so
    following   what linked products take over: names, quantities, costs
    runs        the same, asked for by a person: queued, announced, its result noted on the connection

A *preview* is a later listing whose plan is not carried out.
"""
