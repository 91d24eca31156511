"""Where servers and the `flask` command find the application: `flask --app wsgi …`, `gunicorn wsgi:app`."""

from __future__ import annotations

import os
import sys

from werkzeug.middleware.proxy_fix import ProxyFix

from app import create_app
from app.demo.environment import demo_environment, demo_requested
from app.foundation.errors import LotledgerError
from app.foundation.logs import configure_logging
from config import SettingError, Settings

configure_logging()
try:
    environment = demo_environment(os.environ) if demo_requested(sys.argv) else os.environ
    app = create_app(Settings.from_environment(environment))
except (SettingError, LotledgerError) as error:
    sys.exit(f"Lotledger cannot start: {error}")

# `serve --behind-proxy`: the addresses and the scheme of requests are those that one proxy in front reports.
behind_proxy = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
