"""What a sandbox is started with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SandboxOptions:
    """Fixed for the life of one sandbox; what can change while it runs is `state.Settings`."""

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105  the sandbox's own, known to everybody
    app_name: str = "Lotledger"
    """What the consent page calls the app."""
    redirect_uris: tuple[str, ...] = ()
    """Registered redirect addresses. Empty: any https one, and http on this machine."""
    items: int | None = None
    """None fills the companies with the demo catalogue, a number with that many generated items."""
    throttle: bool = True
    rotate: bool = True
    retry_after: int | None = None
    access_lifetime: int = 3600
    code_lifetime: int = 300
    smtp_port: int | None = None
    """Port of the mail catcher; 0 takes a free one, None starts none."""
