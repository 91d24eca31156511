"""The pages on which builds are found, made, queued and edited."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from flask import Flask

from app.builds.display import history, queue
from app.builds.display.queue import queue_rows
from app.builds.display.words import today
from app.builds.models import Build
from app.builds.service import (
    check_build_points,
    edit_planned,
    get_build,
    lines_of,
    move_before,
    move_to_active_version,
)
from app.builds.statuses import BuildStatus
from app.builds.values import EditFields
from app.extensions import db
from app.products.service import set_active
from app.workspace.features import Feature
from tests.items.conftest import queries
from tests.people.member import Member, join
from tests.support.boms import create_bom
from tests.support.builds import Shop, build_in, built, in_review, planned, switch_on
from tests.support.pages import Seen
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.stock import stocked

__all__ = ["queries"]

D = Decimal


@pytest.fixture
def owner(app: Flask, shop: Shop) -> Member:
    """The Owner, signed in, in a shop with ten boxes' components."""
    return join(app, "owner", first_name="Olga", last_name="Owner")


def status_of(build_id: int) -> str:
    db.session.expire_all()
    return get_build(build_id).status


def order(page: Seen) -> list[str]:
    """The numbers of the builds in a queue, from the top."""
    return re.findall(r"B-\d{6}(?= · BOM)", page.document.one(id="queue").text)


def products_offered(owner: Member, path: str) -> list[str]:
    """What the product filter of a list offers, without SKUs."""
    choices = owner.get(path).document.one("select", name="product").all("option")
    return [re.sub(r" \((SKU|[A-Z]).*\)$", "", choice.text) for choice in choices]


def _lines_of_file(owner: Member, path: str) -> list[str]:
    return owner.client.get(path).text.lstrip("\ufeff").splitlines()


class TestHistory:
    """Search, filters, the file."""

    def test_an_empty_history_says_what_to_do(self, owner: Member) -> None:
        page = owner.get("/builds")
        assert "No builds yet." in page.main
        assert page.link("New build") == "/builds/new"

    def test_a_build_is_found_by_number_product_and_sku(self, owner: Member, shop: Shop) -> None:
        other = create_bom(create_product(name="Tray", sku="TR-A", product_type="finished_good").id).id
        box, tray = planned(shop.bom.id).number, planned(other, 1).number
        for words, found in ((box, box), (box[-1], box), ("box", box), ("tr-a", tray), ("TRAY", tray)):
            main = owner.get(f"/builds?q={words}").main
            assert (found in main, {box: tray, tray: box}[found] in main) == (True, False), words
        for nothing in ("nothing", "999999999999999999999", "B-000009"):
            assert "Nothing matches." in owner.get(f"/builds?q={nothing}").main

    def test_status_and_product_filter_the_history(self, owner: Member, shop: Shop) -> None:
        wanted, other = built(shop.bom.id), planned(shop.bom.id)
        page = owner.get("/builds?status=pending_export")
        assert (wanted.number in page.main, other.number in page.main) == (True, False)
        assert wanted.number in owner.get(f"/builds?product={shop.product_id}&period=30d").main
        assert "Nothing matches." in owner.get(f"/builds?product={shop.product_id}&status=synced").main

    def test_the_file_has_what_matches(self, owner: Member, shop: Shop) -> None:
        built(shop.bom.id, user_id=owner.id)
        planned(shop.bom.id)
        lines = _lines_of_file(owner, "/builds?format=csv&status=pending_export")
        assert lines[0].startswith("Build,Product,SKU,Quantity,Unit,BOM version,Status,Executed,By,")
        assert re.fullmatch(r"B-000001,Box,[^,]+,2,,1,Pending export,.*,Olga Owner,27.2,13.6", lines[1])
        assert len(lines) == 2

    @pytest.mark.parametrize("path", ["/builds", "/builds?q=box", "/builds/queue", "/builds/queue?q=box"])
    def test_a_page_takes_few_queries(self, owner: Member, shop: Shop, queries: list[str], path: str) -> None:
        for _ in range(4):
            planned(shop.bom.id)
        queries.clear()
        owner.get(path)
        assert len(queries) <= 10


class TestNewBuild:
    """What to build, how many; at once or later."""

    def test_only_what_has_an_active_bom_is_offered(self, owner: Member, shop: Shop) -> None:
        page = owner.get("/builds/new")
        assert page.link("Box") == f"/builds/new/{shop.product_id}"
        assert "Can build" in page.main and "10" in page.document.one("tbody").text
        assert "Board" not in page.document.one("tbody").text

    def test_an_inactive_component_allows_none(self, owner: Member, shop: Shop) -> None:
        set_active(shop.board, False)
        assert "0 Board is inactive" in owner.get("/builds/new").document.one("tbody").text
        line = _lines_of_file(owner, "/builds/new?format=csv")[1]
        assert re.fullmatch(r"Box,[^,]+,0,,0,Board \(SKU-\d+\): inactive,1", line)

    @pytest.mark.parametrize("by", ["product_id", "bom_id", "q"])
    def test_who_knows_what_to_build_comes_straight_to_it(self, owner: Member, shop: Shop, by: str) -> None:
        value = {"product_id": shop.product_id, "bom_id": shop.bom.id, "q": "box"}[by]
        assert owner.get(f"/builds/new?{by}={value}").path == f"/builds/new/{shop.product_id}"

    @pytest.mark.parametrize(
        "query",
        [
            "product_id=999",
            "bom_id=999",
            "product_id=x",
            f"bom_id={10**30}",
            f"bom_id={'9' * 5000}",
            f"product_id={'9' * 5000}",
        ],
    )
    def test_what_does_not_exist_is_not_found(self, owner: Member, query: str) -> None:
        owner.get(f"/builds/new?{query}", 404)

    def test_a_product_without_bom_cannot_be_built(self, owner: Member, shop: Shop) -> None:
        page = owner.get(f"/builds/new/{shop.board}")
        assert page.notices == ["Board has no active BOM, so it cannot be built."]

    def test_the_preview_shows_components_and_costs_and_changes_nothing(
        self, owner: Member, shop: Shop
    ) -> None:
        before = shop.stock()
        form = owner.get(f"/builds/new/{shop.product_id}")
        page = owner.submit(form, "Show the preview", quantity="3")
        preview = page.document.one(id="preview").text
        assert "Total cost 40.80 USD" in preview and "Cost per unit 13.60 USD" in preview
        assert (
            "Board" in preview and "Will be included." in preview and "Assembly Labor 5.00 15.00" in preview
        )
        assert shop.stock() == before
        assert db.session.query(Build).count() == 0

    def test_a_gap_is_named_and_blocks(self, owner: Member, shop: Shop) -> None:
        form = owner.get(f"/builds/new/{shop.product_id}")
        page = owner.submit(form, "Show the preview", quantity="12")
        assert "4 pcs missing" in page.document.one(id="preview").text
        before = shop.stock()
        page = owner.submit(page, "Execute build", 400, quantity="12", notes="For the fair")
        assert "24 pcs needed, 20 pcs on hand, 4 pcs missing" in page.document.one(role="alert").text
        assert page.document.one("input", id="quantity")["value"] == "12"
        assert page.document.one("textarea", id="notes").text == "For the fair"
        assert shop.stock() == before

    @pytest.mark.parametrize("typed", ["", "0", "-1", "1.5", "a few", "1e3", "999999999999999", "\x00", "٣"])
    @pytest.mark.parametrize("button", ["Execute build", "Plan build", "Show the preview"])
    def test_a_quantity_that_cannot_be_is_refused_at_its_field(
        self, owner: Member, shop: Shop, typed: str, button: str
    ) -> None:
        form = owner.get(f"/builds/new/{shop.product_id}")
        page = owner.submit(form, button, 400, quantity=typed)
        assert page.document.one("input", id="quantity")["aria-invalid"] == "true"
        assert db.session.query(Build).count() == 0

    def test_executing_at_once_shows_what_was_used(self, owner: Member, shop: Shop) -> None:
        form = owner.get(f"/builds/new/{shop.product_id}")
        page = owner.submit(form, "Execute build", quantity="2", notes="First batch")
        assert page.notices == ["B-000001 is executed. Its output is on the shelf."]
        assert page.path == "/builds/1"
        for words in ("Pending export", "Total cost 27.20 USD", "Cost per unit 13.60 USD", "First batch"):
            assert words in page.main
        assert "Executed just now by Olga Owner" in page.main
        assert shop.stock() == (D(2), D(16), D(84), D(18))

    @pytest.mark.parametrize("button", ["Execute build", "Plan build"])
    def test_a_form_that_is_sent_twice_makes_one_build(self, owner: Member, shop: Shop, button: str) -> None:
        form = owner.get(f"/builds/new/{shop.product_id}")
        owner.submit(form, button, quantity="2")
        page = owner.submit(form, button, quantity="2")
        assert "once, as B-000001" in page.notices[0]
        assert page.path == "/builds/1"
        assert db.session.query(Build).count() == 1

    @pytest.mark.parametrize("button", ["Execute build", "Plan build"])
    def test_only_the_version_that_was_previewed_is_built(
        self, owner: Member, shop: Shop, button: str
    ) -> None:
        page = owner.get(f"/builds/new/{shop.product_id}")
        create_bom(shop.product_id, {shop.board: 5})
        page = owner.submit(page, button, 409, quantity="3", notes="For the fair")
        said = f"Version 2 of this BOM is active now. Look at what it takes, then press {button} again."
        assert page.document.one(role="alert").text == said
        assert "15 pcs" in page.document.one(id="preview").text
        assert page.document.one("textarea", id="notes").text.strip() == "For the fair"
        assert db.session.query(Build).count() == 0
        owner.submit(page, button)
        assert get_build(1).quantity == 3

    def test_a_preview_of_a_newer_version_says_so_and_is_what_is_built(
        self, owner: Member, shop: Shop
    ) -> None:
        page = owner.get(f"/builds/new/{shop.product_id}")
        active = create_bom(shop.product_id, {shop.board: 5})
        page = owner.submit(page, "Show the preview", quantity="3")
        said = "Version 2 of this BOM is active now. Look at what it takes."
        assert said in page.document.one(id="preview").text
        owner.submit(page, "Execute build")
        assert get_build(1).bom_id == active.id

    def test_a_form_sent_twice_is_told_so_though_the_version_has_changed(
        self, owner: Member, shop: Shop
    ) -> None:
        form = owner.get(f"/builds/new/{shop.product_id}")
        owner.submit(form, "Execute build", quantity="1")
        create_bom(shop.product_id, {shop.board: 5})
        page = owner.submit(form, "Execute build", quantity="1")
        assert "built once, as B-000001" in page.notices[0]

    @pytest.mark.parametrize(("version", "status"), [("", 400), ("x", 400), ("another", 404), ("4711", 404)])
    def test_a_version_of_nothing_or_of_another_product_is_not_built(
        self, owner: Member, shop: Shop, version: str, status: int
    ) -> None:
        sent = str(create_bom(None, {shop.board: 1}).id) if version == "another" else version
        form = owner.get(f"/builds/new/{shop.product_id}")
        owner.submit(form, "Execute build", status, quantity="1", bom_id=sent)
        assert db.session.query(Build).count() == 0

    def test_planning_keeps_what_was_entered(self, owner: Member, shop: Shop) -> None:
        switch_on(Feature.BUILD_ASSIGNMENTS)
        form = owner.get(f"/builds/new/{shop.product_id}")
        page = owner.submit(
            form,
            "Plan build",
            quantity="3",
            target_date="2030-03-09",
            assignee_id=str(owner.id),
            notes="Oak",
        )
        assert page.notices == ["B-000001 is planned. Nothing moves until it is executed."]
        for words in ("Planned", "9 Mar 2030", "Olga Owner", "Oak"):
            assert words in page.main
        assert page.path == "/builds/1"

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("target_date", "tomorrow"),
            ("target_date", "2026-02-30"),
            ("target_date", "0001-01-01"),
            ("assignee_id", "999"),
            ("assignee_id", "x"),
            ("notes", "x" * 5000),
            ("token", "1"),
            ("bom_id", "0"),
        ],
    )
    def test_what_cannot_be_planned_is_refused(
        self, owner: Member, shop: Shop, field: str, typed: str
    ) -> None:
        form = owner.get(f"/builds/new/{shop.product_id}")
        owner.submit(form, "Plan build", 400, **{"quantity": "1", field: typed})
        assert db.session.query(Build).count() == 0


class TestQueue:
    """The order, its buttons, its filters."""

    def test_it_lists_planned_builds_with_all_that_matters(self, owner: Member, shop: Shop) -> None:
        switch_on(Feature.BUILD_ASSIGNMENTS)
        planned(shop.bom.id, 3, target_date=today(), assignee_id=owner.id)
        built(shop.bom.id, 1)
        page = owner.get("/builds/queue")
        assert order(page) == ["B-000001"]
        row = page.document.one("tbody").text
        for words in ("Box", "BOM version 1", "Olga Owner", "37.20"):
            assert words in row

    def test_the_estimate_leaves_optional_components_out(self, owner: Member, shop: Shop) -> None:
        planned(shop.bom.id, 7)
        assert db.session.execute(queue_rows()).one().estimated_cost == D("86.80")

    @pytest.mark.parametrize(
        ("which", "button", "expected"),
        [
            (2, "top", [3, 1, 2]),
            (2, "up", [1, 3, 2]),
            (0, "down", [2, 1, 3]),
            (1, "up", [2, 1, 3]),
            (0, "up", [1, 2, 3]),
            (2, "down", [1, 2, 3]),
        ],
    )
    def test_a_build_is_moved(
        self, owner: Member, shop: Shop, which: int, button: str, expected: list[int]
    ) -> None:
        ids = [planned(shop.bom.id, quantity).id for quantity in (1, 2, 3)]
        assert owner.send(f"/builds/{ids[which]}/move", direction=button).status_code == 303
        assert order(owner.get("/builds/queue")) == [f"B-{number:06d}" for number in expected]

    @pytest.mark.parametrize(
        ("moved", "place", "expected"),
        [
            (3, {"before_build": "1"}, [3, 1, 2, 4]),
            (1, {"before_build": "4"}, [2, 3, 1, 4]),
            (1, {"after_build": "4"}, [2, 3, 4, 1]),
            (4, {"after_build": "1"}, [1, 4, 2, 3]),
            (2, {"before_build": "2"}, [1, 2, 3, 4]),
        ],
    )
    def test_a_build_is_dragged(
        self, owner: Member, shop: Shop, moved: int, place: dict[str, str], expected: list[int]
    ) -> None:
        for quantity in (1, 2, 3, 4):
            planned(shop.bom.id, quantity)
        assert owner.send(f"/builds/{moved}/move", **place).status_code == 303
        assert order(owner.get("/builds/queue")) == [f"B-{number:06d}" for number in expected]

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"direction": "sideways"}, 400),
            ({}, 400),
            ({"before_build": "0"}, 404),
            ({"after_build": "x"}, 404),
            ({"before_build": "9" * 5000}, 404),
            ({"after_build": "9" * 5000}, 404),
        ],
    )
    def test_a_move_that_cannot_be_changes_nothing(
        self, owner: Member, shop: Shop, form: dict[str, str], status: int
    ) -> None:
        ids = [planned(shop.bom.id, quantity).id for quantity in (1, 2)]
        assert owner.send(f"/builds/{ids[1]}/move", **form).status_code == status
        assert order(owner.get("/builds/queue")) == ["B-000001", "B-000002"]

    @pytest.mark.parametrize("gone", ["executed", "deleted"])
    @pytest.mark.parametrize("side", ["before_build", "after_build"])
    def test_beside_a_build_that_has_left_the_queue_nothing_is_put(
        self, owner: Member, shop: Shop, gone: str, side: str
    ) -> None:
        ids = [planned(shop.bom.id, 1).id for _ in range(4)]
        owner.send(f"/builds/{ids[1]}/{'execute' if gone == 'executed' else 'delete'}")
        owner.get("/builds/queue")
        assert owner.send(f"/builds/{ids[0]}/move", **{side: str(ids[1])}).status_code == 303
        page = owner.get("/builds/queue")
        said = "B-000002 has left the queue, so nothing can be put beside it. The order is as it was; "
        assert page.notices == [f"{said}put the build beside another one."]
        assert order(page) == ["B-000001", "B-000003", "B-000004"]

    def test_moving_keeps_the_filter_and_nothing_else_of_the_address(self, owner: Member, shop: Shop) -> None:
        build = planned(shop.bom.id)
        answer = owner.send(f"/builds/{build.id}/move?q=box&_external=1&_scheme=evil", direction="top")
        assert answer.location == f"/builds/queue?q=box#build-{build.id}"

    def test_target_dates_filter_the_queue(self, owner: Member, shop: Shop) -> None:
        for day in ("2030-01-01", "2030-02-01", None):
            planned(shop.bom.id, target_date=today().fromisoformat(day) if day else None)
        assert order(owner.get("/builds/queue?from=2030-01-15")) == ["B-000002"]
        assert order(owner.get("/builds/queue?to=2030-01-15")) == ["B-000001"]
        assert order(owner.get(f"/builds/queue?product={shop.product_id}&from=nonsense")) == [
            f"B-{number:06d}" for number in (1, 2, 3)
        ]

    def test_it_offers_the_products_of_planned_builds(self, owner: Member, shop: Shop) -> None:
        tray = create_bom(create_product(name="Tray", product_type="finished_good").id, {shop.board: 1})
        built(tray.id, 1)
        planned(shop.bom.id)
        assert products_offered(owner, "/builds/queue") == ["All products", "Box"]
        assert products_offered(owner, "/builds") == ["All products", "Box", "Tray"]
        page = owner.get(f"/builds/queue?product={tray.product_id}")  # whose last planned build is done
        assert "Nothing matches." in page.main

    @pytest.mark.parametrize("path", ["/builds", "/builds/queue"])
    def test_of_more_products_than_are_offered_an_address_can_name_one(
        self, owner: Member, shop: Shop, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for room in (history, queue):
            monkeypatch.setattr(room, "MOST_PRODUCTS", 1)
        tray = create_bom(create_product(name="Tray", product_type="finished_good").id, {shop.board: 1})
        planned(tray.id)
        planned(shop.bom.id)
        assert not owner.get(path).document.all("select", name="product")
        assert products_offered(owner, f"{path}?product={tray.product_id}") == ["All products", "Tray"]
        assert "B-000002" not in owner.get(f"{path}?product={tray.product_id}").main

    def test_deleting_moves_no_stock(self, owner: Member, shop: Shop) -> None:
        planned(shop.bom.id)
        before = shop.stock()
        page = owner.submit(owner.get("/builds/queue"), "Delete")
        assert page.notices == ["B-000001 is deleted. No stock has moved."]
        assert "Nothing is planned." in page.main
        assert shop.stock() == before
        owner.get("/builds/1", 404)

    def test_executing_from_the_queue_leads_to_the_build(self, owner: Member, shop: Shop) -> None:
        build = planned(shop.bom.id)
        page = owner.submit(owner.get("/builds/queue"), "Execute build")
        assert (page.path, status_of(build.id)) == (f"/builds/{build.id}", BuildStatus.PENDING_EXPORT)

    def test_a_build_without_enough_components_stays_planned_and_says_why(
        self, owner: Member, shop: Shop
    ) -> None:
        build = planned(shop.bom.id, 11)
        page = owner.submit(owner.get("/builds/queue"), "Execute build")
        assert "2 pcs missing" in page.notices[0]
        assert status_of(build.id) == BuildStatus.PLANNED


class TestEditing:
    """Quantity, date, assignee, notes and lines of a planned build."""

    def test_lines_follow_the_quantity_unless_they_were_changed(self, owner: Member, shop: Shop) -> None:
        build = planned(shop.bom.id, 2)
        board, screw, _wax = (line.id for line in lines_of(build.id))
        page = owner.submit(owner.get(f"/builds/{build.id}/edit"), "Save", **{f"line-{board}": "5"})
        assert "Modified" in page.main.title()
        owner.submit(owner.get(f"/builds/{build.id}/edit"), "Save", quantity="4")
        db.session.expire_all()
        quantities = {line.id: line.quantity for line in lines_of(build.id)}
        assert (quantities[board], quantities[screw]) == (D(5), D(32))

    def test_a_component_is_added_and_left_out(self, owner: Member, shop: Shop) -> None:
        create_product(name="Hinge", sku="HINGE")
        build = planned(shop.bom.id, 2)
        wax = lines_of(build.id)[2].id
        page = owner.submit(
            owner.get(f"/builds/{build.id}/edit"),
            "Save",
            component="hinge",
            added_quantity="2",
            **{f"line-{wax}": "0"},
        )
        assert "Hinge" in page.main and "2 missing" in page.main and "Left out." in page.main

    @pytest.mark.parametrize(
        "typed",
        [
            {"quantity": "0"},
            {"quantity": ""},
            {"target_date": "x"},
            {"component": "NOTHING", "added_quantity": "1"},
            {"component": "", "added_quantity": "1"},
            {"component": "EXTRA", "added_quantity": ""},
            {"component": "EXTRA", "added_quantity": "0"},
            {"component": "EXTRA", "added_quantity": "0.00001"},
            {"line": "-1"},
            {"line": ""},
            {"line": "1.00001"},
        ],
    )
    def test_what_cannot_be_is_refused_and_kept(
        self, owner: Member, shop: Shop, typed: dict[str, str]
    ) -> None:
        create_product(name="Extra", sku="EXTRA")
        build = planned(shop.bom.id, 2)
        lines = [(line.id, line.quantity) for line in lines_of(build.id)]
        values = {f"line-{lines[0][0]}" if name == "line" else name: text for name, text in typed.items()}
        page = owner.submit(owner.get(f"/builds/{build.id}/edit"), "Save", 400, **values)
        for name, text in values.items():
            assert page.document.one(id=name)["value"] == text
        db.session.expire_all()
        assert [(line.id, line.quantity) for line in lines_of(build.id)] == lines

    def test_who_saves_after_somebody_else_is_told_and_overwrites_nothing(
        self, owner: Member, shop: Shop
    ) -> None:
        build, ada = planned(shop.bom.id, 2), create_user("admin", first_name="Ada", last_name="Byron")
        page = owner.get(f"/builds/{build.id}/edit")
        edit_planned(build.id, EditFields(D(5), notes="By Ada"), ada.id)
        page = owner.submit(page, "Save", 409, target_date="2030-01-01", notes="Oak")
        said = page.document.one(role="alert").text
        assert said.startswith(f"Ada Byron changed {build.number} while you were editing.")
        assert page.document.one(id="target_date")["value"] == "2030-01-01"
        assert page.document.one(id="notes").text.strip() == "Oak"
        assert page.link("See what is there now") == f"/builds/{build.id}"
        owner.submit(page, "Save", 409)
        db.session.expire_all()
        assert (build.quantity, build.notes, build.target_date) == (5, "By Ada", None)

    def test_lines_that_came_meanwhile_are_shown_beside_what_was_typed(
        self, owner: Member, shop: Shop
    ) -> None:
        build = planned(shop.bom.id, 2)
        page = owner.get(f"/builds/{build.id}/edit")
        create_bom(shop.product_id, {shop.board: 7})
        move_to_active_version(build.id, owner.id)
        page = owner.submit(page, "Save", 409, quantity="9")
        line = lines_of(build.id)[0].id
        assert page.document.one(id=f"line-{line}")["value"] == "14"
        assert page.document.one(id="quantity")["value"] == "9"
        assert "Olga Owner changed" in page.document.one(role="alert").text

    def test_a_quantity_that_the_program_has_changed_counts_as_well(self, owner: Member, shop: Shop) -> None:
        switch_on(Feature.AUTO_PLANNED_BUILDS)
        create_bom(shop.product_id, {shop.board: 1}, build_point=D(1), target_level=D(5))
        check_build_points()
        page = owner.get("/builds/1/edit")
        stocked(shop.product_id, 1)
        check_build_points()
        page = owner.submit(page, "Save", 409, notes="Oak")
        assert "Lotledger changed B-000001 while you were editing." in page.main
        assert get_build(1).quantity == 4

    def test_a_build_that_only_moved_in_the_queue_can_be_saved(self, owner: Member, shop: Shop) -> None:
        other, build = planned(shop.bom.id, 1), planned(shop.bom.id, 2)
        page = owner.get(f"/builds/{build.id}/edit")
        move_before(build.id, other.id, None)
        assert owner.submit(page, "Save", notes="Oak").notices == [f"{build.number} is changed."]

    @pytest.mark.parametrize("seen", ["", "x", "0", "9" * 40])
    def test_a_form_that_knows_of_no_change_saves_nothing(self, owner: Member, shop: Shop, seen: str) -> None:
        build = planned(shop.bom.id, 2)
        owner.submit(owner.get(f"/builds/{build.id}/edit"), "Save", 409, quantity="3", seen=seen)
        assert build.quantity == 2

    def test_an_assignee_who_has_left_stays_until_another_is_chosen(
        self, app: Flask, owner: Member, shop: Shop
    ) -> None:
        switch_on(Feature.BUILD_ASSIGNMENTS)
        gone = create_user("builder", first_name="Gus", last_name="Gone")
        build = planned(shop.bom.id, 2, assignee_id=gone.id)
        gone.is_active = False
        db.session.commit()
        page = owner.get(f"/builds/{build.id}/edit")
        assert "Gus Gone (inactive)" in page.document.one(id="assignee_id").text
        owner.submit(page, "Save", quantity="3")
        db.session.expire_all()
        assert (build.quantity, build.assignee_id) == (3, gone.id)
        owner.submit(owner.get(f"/builds/{build.id}/edit"), "Save", assignee_id=str(owner.id))
        page = owner.get(f"/builds/{build.id}/edit")
        assert "Gus Gone" not in page.document.one(id="assignee_id").text
        owner.submit(page, "Save", 400, assignee_id=str(gone.id))

    def test_what_is_no_longer_planned_cannot_be_edited(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        page = owner.get(f"/builds/{build.id}/edit")
        assert page.path == f"/builds/{build.id}"
        assert "cannot be edited" in page.notices[0]

    def test_a_build_moves_to_the_active_version(self, owner: Member, shop: Shop) -> None:
        build = planned(shop.bom.id, 2)
        create_bom(shop.product_id, {shop.board: 3})
        page = owner.get(f"/builds/{build.id}")
        assert "BOM version 1 is no longer active" in page.main
        page = owner.submit(page, "Move to the active version")
        assert "version 2" in page.main and "no longer active" not in page.main


class TestPanels:
    """Builds on other rooms' pages."""

    def test_a_product_shows_its_last_builds(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        page = owner.get(f"/products/{shop.product_id}")
        assert page.link("All its builds") == f"/builds?product={shop.product_id}"
        assert page.link(build.number) == f"/builds/{build.id}"
        assert page.link("New build") == f"/builds/new/{shop.product_id}"

    def test_a_component_that_cannot_be_built_has_no_panel(self, owner: Member, shop: Shop) -> None:
        assert "Builds" not in [head.text for head in owner.get(f"/products/{shop.board}").document.all("h2")]

    def test_a_stock_history_leads_to_the_build(self, owner: Member, shop: Shop) -> None:
        build = built(shop.bom.id)
        assert owner.get(f"/products/{shop.board}/history").link(build.number) == f"/builds/{build.id}"

    def test_the_navigation_has_builds(self, owner: Member) -> None:
        assert owner.get("/builds/queue").link("Builds") == "/builds"


def test_every_status_has_a_page_that_says_what_it_means(owner: Member, shop: Shop) -> None:
    for status in BuildStatus:
        page = owner.get(f"/builds/{build_in(status, shop.bom.id, 1).id}")
        assert status.label in page.main


def test_assignments_ask_for_somebody(owner: Member, shop: Shop) -> None:
    switch_on(Feature.BUILD_ASSIGNMENTS)
    build = planned(shop.bom.id)
    page = owner.get(f"/builds/{build.id}")
    assert "has nobody assigned to it" in page.main
    assert owner.send(f"/builds/{build.id}/execute").status_code == 303
    assert status_of(build.id) == BuildStatus.PLANNED
    owner.submit(owner.get(f"/builds/{build.id}/edit"), "Save", assignee_id=str(owner.id))
    owner.submit(owner.get(f"/builds/{build.id}"), "Execute build")
    assert status_of(build.id) == BuildStatus.PENDING_EXPORT


def test_without_assignments_nobody_is_asked_whom_to_assign(owner: Member, shop: Shop) -> None:
    build = planned(shop.bom.id)
    paths = (
        f"/builds/new/{shop.product_id}",
        "/builds/queue",
        f"/builds/{build.id}/edit",
        f"/builds/{build.id}",
    )
    assert [path for path in paths if "Assignee" in owner.get(path).main] == []
    assert "Assignee" not in _lines_of_file(owner, "/builds/queue?format=csv")[0]
    switch_on(Feature.BUILD_ASSIGNMENTS)
    assert [path for path in paths if "Assignee" not in owner.get(path).main] == []
    assert "Assignee" in _lines_of_file(owner, "/builds/queue?format=csv")[0]


def test_who_was_assigned_stays_named_while_assignments_are_off(owner: Member, shop: Shop) -> None:
    build = planned(shop.bom.id, assignee_id=owner.id)
    page = owner.submit(owner.get(f"/builds/{build.id}/edit"), "Save", quantity="3")
    assert "Assignee Olga Owner" in page.main
    assert build.assignee_id == owner.id


def test_a_build_in_review_is_found_by_its_status(owner: Member, shop: Shop) -> None:
    build = in_review(shop.bom.id)
    assert build.number in owner.get("/builds?status=executed").main
