"""A simulated QuickBooks Online, with a mailbox, for the demo and the tests.

It is a WSGI application of its own that knows nothing of Lotledger and behaves as Intuit does: consent
page, token and revoke endpoints, and the Accounting API as far as the app uses it. Everything is in memory
and starts with the same two companies. `create_sandbox` makes the application, `serve` runs it, `python -m
app.sandbox` is the command.

Terms. A *company* is a QuickBooks company file; its id is the *realm*. A *grant* is one consent to one
company. An *injected fault* is what the next requests meet in place of their answer.

Where the provider's addresses are, below the sandbox's own: consent `/connect/oauth2`, tokens
`/oauth2/v1/tokens/bearer`, revoke `/v2/oauth2/tokens/revoke`, API `/v3/company/<realm>/…`. Pages for people
are `/`, `/requests` and `/mailbox`.

The control API for tests speaks JSON. Each answer is an object; a mistake gives 400, 404 or 409 and `error`.
`realm` can always be left out: the first company, and for tokens all of them.

    GET    /_control/state       companies, settings, counters
    POST   /_control/reset       as at the start; {"items": N}: with N generated items a company
    GET    /_control/settings
    POST   /_control/settings    any of {"rotate": bool, "throttle": bool, "retry_after": seconds or null,
                                 "access_lifetime": seconds}
    GET    /_control/faults      those that wait
    POST   /_control/faults      one, or a list: {"kind": …, "times": 1, "skip": 0, "contains": "",
                                 "seconds": 5, "retry_after": null, "processed": false, "megabytes": 200};
                                 `faults` explains them
    DELETE /_control/faults
    GET    /_control/items       ?realm= ?id=: items as they are
    POST   /_control/items       {"realm": …, "upsert": [{"Id": …, "Name": …}], "deactivate": [id],
                                 "reactivate": [id], "delete": [id]}, in this order, in Intuit's names
    POST   /_control/company     {"realm": …, "currency": …} and any attribute of CompanyInfo
    POST   /_control/tokens      {"expire": true}, {"revoke": true}, {"issue": realm or true}
    GET    /_control/requests    ?contains=: the last 200 of the provider's requests, and counters over all
    DELETE /_control/requests
    GET    /_control/mailbox     messages, newest first
    DELETE /_control/mailbox

Faults hit requests for tokens and for the API, not the pages. A number of requests at once is no harm: all
state is behind one lock. It is made for a developer's own machine and trusts whoever reaches it.
"""

from app.sandbox.app import create_sandbox
from app.sandbox.options import SandboxOptions
from app.sandbox.serve import serve

__all__ = ["SandboxOptions", "create_sandbox", "serve"]
