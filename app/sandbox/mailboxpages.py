"""The mailbox pages."""

from flask import Blueprint

blueprint = Blueprint("mailboxpages", __name__)
