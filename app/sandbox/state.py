"""All that a running sandbox knows, in memory."""

import threading
from dataclasses import dataclass, field

from flask import current_app

from app.sandbox.company import Company
from app.sandbox.faults import Faults
from app.sandbox.generate import generated_companies
from app.sandbox.grants import Grants
from app.sandbox.mailbox import Mailbox
from app.sandbox.options import SandboxOptions
from app.sandbox.requestlog import RequestLog
from app.sandbox.seed import demo_companies
from app.sandbox.throttle import Throttle


@dataclass
class Settings:
    """What can be changed while the sandbox runs."""

    throttle: bool
    """Refuse requests above Intuit's limits with 429."""
    rotate: bool
    """Each refresh gives a new refresh token and ends the former."""
    retry_after: int | None
    """Header of the throttle's 429, in seconds; None leaves it out, as Intuit may."""
    access_lifetime: int
    """Seconds that a new access token lives."""


@dataclass
class State:
    """Read and changed only while `lock` is held; records themselves are never changed in place."""

    options: SandboxOptions
    lock: threading.RLock = field(default_factory=threading.RLock)
    log: RequestLog = field(default_factory=RequestLog)
    faults: Faults = field(default_factory=Faults)
    mailbox: Mailbox = field(default_factory=Mailbox)
    settings: Settings = field(init=False)
    companies: dict[str, Company] = field(init=False)
    grants: Grants = field(init=False)
    throttle: Throttle = field(init=False)

    def __post_init__(self) -> None:
        self.reset(self.options.items)

    def reset(self, items: int | None = None) -> None:
        """All is as at the start, with `items` generated items a company or (None) the demo catalogue."""
        options = self.options
        companies = demo_companies() if items is None else generated_companies(items)
        with self.lock:
            self.companies = {company.realm: company for company in companies}
            self.settings = Settings(
                options.throttle, options.rotate, options.retry_after, options.access_lifetime
            )
            self.grants = Grants()
            self.throttle = Throttle()
            self.faults.waiting.clear()
            self.log.clear()
            self.mailbox.clear()

    @property
    def first_company(self) -> Company:
        return next(iter(self.companies.values()))


def current_state() -> State:
    """The state of the sandbox that answers this request."""
    state: State = current_app.extensions["sandbox"]
    return state
