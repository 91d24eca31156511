"""Signs in over and over in a process of its own, whose rate limiter reads the Redis of its environment.

Prints, as JSON, the status of a right password and then those of wrong ones.
"""

from __future__ import annotations

import json
import os
import sys

import argon2.profiles

from app import create_app
from config import Settings
from tests.support.html import parse
from tests.support.people import PASSWORD


def main(email: str, guesses: int) -> None:
    """Tries the right password once and then a wrong one `guesses` times."""
    app = create_app(Settings.from_environment(os.environ))
    app.config["PASSWORD_HASHING"] = argon2.profiles.CHEAPEST

    def status(password: str) -> int:
        client = app.test_client()
        token = parse(client.get("/login").text).one("meta", name="csrf-token")["content"]
        data = {"email": email, "password": password, "csrf_token": token}
        return client.post("/login", data=data).status_code

    right = status(PASSWORD)
    print(json.dumps({"right": right, "wrong": [status("a wrong guess") for _ in range(guesses)]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
