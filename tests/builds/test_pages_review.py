"""The pages of QA review, of undoing, and who may see and do what with builds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.builds.service import get_build, lines_of
from app.builds.statuses import BuildStatus
from app.extensions import db
from app.foundation.transaction import transaction
from app.people.models import RolePermission
from app.stock.models import StockTransaction
from app.stock.service import Kind, turn_lots_on
from tests.people.member import Member, join
from tests.support.builds import Shop, built, export_failed, exported, in_review, planned
from tests.support.pages import Seen
from tests.support.stock import consumed, stocked

D = Decimal


@pytest.fixture
def owner(app: Flask, shop: Shop) -> Member:
    """The Owner, signed in."""
    return join(app, "owner", first_name="Olga", last_name="Owner")


def status_of(build_id: int) -> str:
    db.session.expire_all()
    return get_build(build_id).status


class TestReview:
    """Approve and reject."""

    def test_approving_puts_the_output_on_the_shelf(self, owner: Member, shop: Shop) -> None:
        build = in_review(shop.bom.id, 2)
        page = owner.get(f"/builds/{build.id}")
        assert "2 of Box wait for your word" in page.main
        page = owner.submit(page, "Approve", notes="Well done")
        assert page.notices == [f"{build.number} is approved. Its output is on the shelf."]
        assert "Well done" in page.main and "Approved just now by Olga Owner" in page.main
        assert shop.stock()[0] == 2

    def test_approving_twice_says_so_and_changes_nothing(self, owner: Member, shop: Shop) -> None:
        build = in_review(shop.bom.id, 2)
        page = owner.get(f"/builds/{build.id}")
        owner.submit(page, "Approve")
        page = owner.submit(page, "Approve")
        assert "cannot be approved" in page.notices[0]
        assert shop.stock()[0] == 2

    def test_notes_that_are_too_long_are_refused(self, owner: Member, shop: Shop) -> None:
        build = in_review(shop.bom.id)
        page = owner.submit(owner.get(f"/builds/{build.id}"), "Approve", notes="x" * 5000)
        assert "Use at most" in page.notices[0]
        assert status_of(build.id) == BuildStatus.EXECUTED

    def test_full_recovery_brings_everything_back(self, owner: Member, shop: Shop) -> None:
        before = shop.stock()
        build = in_review(shop.bom.id)
        page = owner.submit(
            owner.get(f"/builds/{build.id}/reject"), "Reject", reason="other", mode="full", notes="Too light"
        )
        assert page.notices == [f"{build.number} is rejected. Everything that it used is back in stock."]
        assert "Rejected: Other" in page.main and "Too light" in page.main
        assert shop.stock() == before

    def test_partial_recovery_says_what_is_lost(self, owner: Member, shop: Shop) -> None:
        build = in_review(shop.bom.id, 2)
        page = owner.submit(
            owner.get(f"/builds/{build.id}/reject"),
            "Reject",
            reason="quality_defect",
            mode="partial",
            **{f"recovered-{shop.board}": "3", f"recovered-{shop.screw}": "16"},
        )
        assert "Lost: 5.90 USD of material." in page.main
        assert "What was lost waits to be written off" in page.main
        assert shop.stock() == (D(0), D(19), D(100), D(18))

    def test_quantities_count_for_partial_recovery_only(self, owner: Member, shop: Shop) -> None:
        build = in_review(shop.bom.id, 2)
        owner.submit(
            owner.get(f"/builds/{build.id}/reject"),
            "Reject",
            reason="other",
            mode="none",
            **{f"recovered-{shop.board}": "much"},
        )
        assert shop.stock() == (D(0), D(16), D(84), D(18))

    @pytest.mark.parametrize(
        "typed",
        [
            {"reason": "", "mode": "full"},
            {"reason": "boredom", "mode": "full"},
            {"reason": "other"},
            {"reason": "other", "mode": "some"},
            {"reason": "other", "mode": "partial", "board": "5"},
            {"reason": "other", "mode": "partial", "board": "-1"},
            {"reason": "other", "mode": "partial", "board": "0.00001"},
            {"reason": "other", "mode": "partial", "board": "all"},
            {"reason": "other", "mode": "full", "notes": "x" * 5000},
        ],
    )
    def test_what_cannot_be_is_refused_by_the_field(
        self, owner: Member, shop: Shop, typed: dict[str, str]
    ) -> None:
        build = in_review(shop.bom.id, 2)
        before = shop.stock()
        board = f"recovered-{shop.board}"
        values = {board if name == "board" else name: text for name, text in typed.items()}
        page = owner.submit(owner.get(f"/builds/{build.id}/reject"), "Reject", 400, **values)
        assert page.document.one(role="alert").text
        if "board" in typed:
            assert page.document.one(id=board)["value"] == typed["board"]
        assert (status_of(build.id), shop.stock()) == (BuildStatus.EXECUTED, before)

    def test_what_is_not_in_review_cannot_be_rejected(self, owner: Member, shop: Shop) -> None:
        page = owner.get(f"/builds/{built(shop.bom.id).id}/reject")
        assert "cannot be rejected" in page.notices[0]


def lots_on(page: Seen) -> list[str]:
    """The lots of the first component, as a page shows them."""
    return [each.text for each in page.document.all("ul", aria_label="From lots")[0].all("li")]


class TestLots:
    """Consumption, lot by lot."""

    def test_preview_and_build_show_each_lot(self, owner: Member, shop: Shop) -> None:
        turn_lots_on(None)
        stocked(shop.board, 10, 5)
        form = owner.get(f"/builds/new/{shop.product_id}")
        page = owner.submit(form, "Show the preview", quantity="11")
        lots = [
            each.text
            for each in page.document.one(id="preview").all("ul", aria_label="From lots")[0].all("li")
        ]
        assert [lot.partition(" : ")[2] for lot in lots] == ["20 pcs for 70.00", "2 pcs for 10.00"]
        page = owner.submit(page, "Execute build", quantity="11")
        assert lots_on(page) == lots
        assert f"Output lot {get_build(1).number}" in page.main


def offers_undo(page: Seen) -> bool:
    """Whether the page has the way to undoing."""
    return "Undo build" in [link.text for link in page.document.all("a")]


class TestUndoing:
    """Owner and Admins take a build back."""

    def test_undoing_takes_every_movement_back(self, owner: Member, shop: Shop) -> None:
        before = shop.stock()
        build = built(shop.bom.id)
        page = owner.visitor.follow(owner.get(f"/builds/{build.id}"), "Undo build")
        assert "what it made leaves it" in page.main
        page = owner.submit(page, "Undo build")
        assert "is undone" in page.notices[0]
        assert (status_of(build.id), shop.stock()) == (BuildStatus.REVERSED, before)

    def test_a_note_says_why(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        page = owner.submit(owner.get(f"/builds/{build.id}/undo"), "Undo build", note="Wrong\nboards")
        last = page.document.one("ol", class_="timeline").all("li")[0]
        assert "Reversed" in last.text and "Wrong boards" in last.text
        reversing = select(StockTransaction.note).where(StockTransaction.kind == Kind.BUILD_REVERSAL)
        assert set(db.session.scalars(reversing)) == {"Wrong\nboards"}

    def test_a_note_that_is_too_long_is_refused_and_kept(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        page = owner.submit(owner.get(f"/builds/{build.id}/undo"), "Undo build", 400, note="x" * 2001)
        assert "Note" in page.document.one(role="alert").text
        assert page.document.one(id="note").text.strip() == "x" * 2001
        assert status_of(build.id) == BuildStatus.PENDING_EXPORT

    def test_a_build_in_review_has_made_nothing_yet(self, owner: Member, shop: Shop) -> None:
        before = shop.stock()
        build = in_review(shop.bom.id)
        page = owner.get(f"/builds/{build.id}/undo")
        assert "what it made" not in page.main
        owner.submit(page, "Undo build")
        assert (status_of(build.id), shop.stock()) == (BuildStatus.REVERSED, before)

    def test_a_build_whose_output_is_used_says_why_it_stays(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        consumed(shop.product_id, 1)
        page = owner.get(f"/builds/{build.id}")
        assert not offers_undo(page)
        assert "1 of the 2 × Box" in page.main
        page = owner.get(f"/builds/{build.id}/undo")
        assert page.path == f"/builds/{build.id}"
        assert "1 of the 2 × Box" in page.notices[0]
        owner.send(f"/builds/{build.id}/undo")
        assert status_of(build.id) == BuildStatus.PENDING_EXPORT

    def test_a_builder_may_not(self, app: Flask, shop: Shop) -> None:
        builder, build = join(app, "builder"), built(shop.bom.id)
        assert not offers_undo(builder.get(f"/builds/{build.id}"))
        builder.get(f"/builds/{build.id}/undo", 403)

    def test_a_failed_build_says_what_the_books_said(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        export_failed(build.id, "The item Box is not linked.")
        main = owner.get(f"/builds/{build.id}").main
        assert "The books did not take it The item Box is not linked." in main

    def test_a_synced_build_offers_no_undo(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        exported(build.id)
        page = owner.get(f"/builds/{build.id}")
        assert not offers_undo(page)


def grant(role: str, permission: str, granted: bool) -> None:
    """The workspace lets a role do something, or not."""
    with transaction() as session:
        session.merge(RolePermission(role=role, permission=permission, granted=granted))


class TestPermissions:
    """What a role may not do is not shown, and refused when it is forged."""

    def test_an_accountant_looks_and_touches_nothing(self, app: Flask, shop: Shop) -> None:
        accountant = join(app, "accountant")
        plan, done, review = planned(shop.bom.id).id, built(shop.bom.id).id, in_review(shop.bom.id).id
        for path in ("/builds", "/builds/queue", *(f"/builds/{each}" for each in (plan, done, review))):
            buttons = {button.text for button in accountant.get(path).document.one("main").all("button")}
            assert buttons <= {"Filter"}, path
        before = shop.stock()
        forged = (
            *(f"/builds/{plan}/{action}" for action in ("execute", "move", "delete", "version", "edit")),
            *(f"/builds/{review}/{action}" for action in ("approve", "reject", "undo")),
            f"/builds/{done}/undo",
            f"/builds/new/{shop.product_id}",
        )
        for path in forged:
            assert accountant.send(path).status_code == 403, path
        for path in ("/builds/new", f"/builds/{plan}/edit", f"/builds/{review}/reject"):
            accountant.get(path, 403)
        assert shop.stock() == before
        assert [status_of(each) for each in (plan, done, review)] == ["planned", "pending_export", "executed"]

    def test_a_builder_plans_and_executes_but_neither_approves_nor_undoes(
        self, app: Flask, shop: Shop
    ) -> None:
        builder = join(app, "builder")
        review = in_review(shop.bom.id)
        page = builder.get(f"/builds/{review.id}")
        assert "Approve" not in page.main and "Undo" not in page.main
        for action in ("approve", "reject", "undo"):
            assert builder.send(f"/builds/{review.id}/{action}").status_code == 403
        form = builder.get(f"/builds/new/{shop.product_id}")
        page = builder.submit(form, "Plan build", quantity="1")
        page = builder.submit(page, "Execute build")
        assert "is executed" in page.notices[0]

    @pytest.mark.parametrize(
        ("lost", "button", "do"),
        [("execute_builds", "Execute build", "execute"), ("plan_builds", "Plan build", "plan")],
    )
    def test_half_a_builder_is_offered_their_half(
        self, app: Flask, shop: Shop, lost: str, button: str, do: str
    ) -> None:
        grant("builder", lost, False)
        builder = join(app, "builder")
        page = builder.get(f"/builds/new/{shop.product_id}")
        assert button not in [each.text for each in page.document.all("button")]
        token = page.document.one("input", id="token")["value"]
        answer = builder.send(f"/builds/new/{shop.product_id}", quantity="1", do=do, token=token)
        assert answer.status_code == 403

    def test_nobody_sees_builds_without_signing_in(self, app: Flask, shop: Shop) -> None:
        client = app.test_client()
        for path in ("/builds", "/builds/queue", "/builds/new", f"/builds/{planned(shop.bom.id).id}"):
            assert client.get(path).status_code == 303, path

    @pytest.mark.parametrize("number", [0, 999, 10**30])
    def test_a_build_that_does_not_exist_is_not_found(self, owner: Member, number: int) -> None:
        for path in (f"/builds/{number}", f"/builds/{number}/edit", f"/builds/{number}/reject"):
            owner.get(path, 404)
        for action in ("execute", "move", "delete", "version", "approve", "undo"):
            answer = owner.send(f"/builds/{number}/{action}", direction="up")
            assert answer.status_code == 404, action


def test_a_planned_build_names_what_a_line_needs(owner: Member, shop: Shop) -> None:
    build = planned(shop.bom.id, 3)
    main = owner.get(f"/builds/{build.id}").main
    assert "Uses" in main and len(lines_of(build.id)) == 3
