"""A file of products on its way into the catalogue: refused with its errors, mended, looked at, imported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from app import MAX_UPLOAD_BYTES
from tests.products.import_files import csv_file, workbook_file
from tests.support.browser import Watched, check_page
from tests.support.people import PASSWORD, create_user
from tests.support.workspace import create_workspace

LONG = "Walnut Turning Blank, kiln-dried, 3 × 3 × 12 inches, waxed ends, second selection"
WRONG = csv_file(
    f'WAL-3312-SECOND-SELECTION-SPRING,"{LONG}",Raw materials,pcs,"1,25",40,10',
    "OAK-25,Oak board,Wood,m,7.35,120.00001,",
    f"oak-25,{'x' * 251},,,,-1,",
)


@pytest.fixture
def page(app: Flask, screen: Watched) -> Page:
    """The products, as the Owner sees them first."""
    with app.app_context():
        create_workspace()
        create_user("owner", email="owner@example.com")
    screen.page.goto("/login")
    screen.page.get_by_label("E-mail address").fill("owner@example.com")
    screen.page.get_by_label("Password").fill(PASSWORD)
    screen.page.get_by_role("button", name="Sign in").click()
    expect(screen.page).not_to_have_url(re.compile("/login"))
    screen.page.goto("/products")
    return screen.page


def send(page: Page, name: str, content: bytes) -> None:
    """Chooses a file and sends it."""
    payload: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("File", exact=True).set_input_files(payload)
    page.get_by_role("button", name="Upload and check").click()


def test_a_file_with_errors_is_mended_and_imported(page: Page) -> None:
    page.get_by_role("button", name="Import from file").click()
    check_page(page)
    send(page, "notes.csv", b"Article,Price\n1,2\n")
    expect(page.get_by_role("alert")).to_contain_text("There is no column “Article” in an import.")
    check_page(page)
    send(page, "stock.csv", WRONG)
    expect(page.get_by_role("heading", name="What is wrong")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="1,25")
    expect(row).to_contain_text("Unit cost")
    expect(page.get_by_text("Row 3 has the same SKU.")).to_be_visible()
    expect(page.get_by_role("button", name="Import products")).to_have_count(0)
    check_page(page)
    mended = workbook_file(
        ["WAL-3312-SECOND-SELECTION-SPRING", LONG, "Raw material", "pcs", 1.25, 40, 10],
        ["OAK-25", "Oak board", None, "m", None, 120.5, None],
    )
    send(page, "stock.xlsx", mended)
    expect(page.locator("dl.figures div", has_text="Products to be made").locator("dd")).to_have_text("2")
    expect(page.get_by_text("Stock without a unit cost")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Import products").click()
    expect(page.locator("#notices")).to_contain_text("2 products imported.")
    expect(page.get_by_role("link", name=LONG)).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported products")
    check_page(page)


def test_a_file_above_the_limit_is_answered_with_what_to_do(page: Page, tmp_path: Path) -> None:
    page.goto("/products/import")
    huge = tmp_path / "huge.csv"
    huge.write_bytes(b"x" * (MAX_UPLOAD_BYTES * 2))
    page.get_by_label("File", exact=True).set_input_files(huge)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The file is too large")
    expect(page.get_by_text("save them as CSV")).to_be_visible()
    check_page(page)
