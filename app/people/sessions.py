"""Who is signed in on this device: beginning and ending a session, and recognising its person."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request, session, url_for
from flask_login import LoginManager, login_user
from werkzeug.wrappers import Response

from app.foundation.ids import id_from
from app.people import sign_ins
from app.people.models import User

HOME = "/"
SIGN_IN = "people.login"
KEY = "sign_in"


def begin_session(user: User) -> None:
    """This device is signed in as `user`, in a session that shares nothing with the one before."""
    key = sign_ins.begin(user)
    end_session()
    session[KEY] = key
    login_user(user)


def end_session() -> None:
    """Nobody is signed in on this device, nor by a copy of its cookie."""
    if KEY in session:
        sign_ins.end(session[KEY])
    session.clear()


def end_other_sessions(user: User) -> int:
    """`user` is signed in on this device alone; returns on how many others they were."""
    return sign_ins.end_others(user, session[KEY])


def own_path(target: str | None) -> str:
    """`target` if it is a path of this site, else the home page: no redirect ever leads elsewhere.

    Browsers read a backslash as a slash and drop control characters, so that neither may occur.
    """
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > 2000:
        return HOME
    if "\\" in target or any(ord(character) < 33 or ord(character) == 127 for character in target):
        return HOME
    parts = urlsplit(target)
    return HOME if parts.scheme or parts.netloc else target


def load_user(identity: str) -> User | None:
    """The person of a session, unless it was ended, here or everywhere, or they were deactivated since."""
    user_id = id_from(identity)
    if KEY not in session or user_id is None:
        return None
    user = sign_ins.find(user_id, session[KEY])
    return user if user is not None and user.is_active else None


def ask_to_sign_in() -> Response:
    """The way to the sign-in page and back."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(SIGN_IN, next=back if back != HOME else None), code=303)


def recognise_people(manager: LoginManager) -> None:
    """Requests know their person, and those without one are asked to sign in."""
    manager.login_view = SIGN_IN
    manager.user_loader(load_user)
    manager.unauthorized_handler(ask_to_sign_in)
