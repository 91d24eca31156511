"""Where servers and the `flask` command find the application: `flask --app wsgi …`, `gunicorn wsgi:app`."""

from __future__ import annotations

import os
import sys

from app import create_app
from config import SettingError, Settings

try:
    app = create_app(Settings.from_environment(os.environ))
except SettingError as error:
    sys.exit(f"Lotledger cannot start: {error}")
