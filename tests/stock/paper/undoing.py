"""Taking back on paper: each lot gets the very quantity and cost that left it (design section 3)."""

from __future__ import annotations

from decimal import Decimal

from tests.stock.paper.book import Book
from tests.stock.paper.page import NOW, ZERO, Line, Refused, Take, rounded, share, total, total_of


def reverse(book: Book, source: int) -> None:
    """Every standing line of the source has its opposite: first what comes back, and the last line first."""
    lines = [line for line in book.lines if line.source == source and _stands(line)]
    if any(back.gives_back in lines and back not in lines for back in _returns(book)):
        raise Refused
    products = sorted({line.product for line in lines})
    for product in products:
        leaving = sum((line.quantity for line in lines if line.product == product), ZERO)
        if leaving > max(book.pages[product].on_hand, ZERO):
            raise Refused
    for line in sorted(lines, key=lambda line: (line.quantity > 0, -line.id)):
        line.undone = True
        _oppose(book, line)
    for product in products:
        _put_right(book, product, 0)
        book.tidy(product)


def give_back(book: Book, source: int, line: Line, quantity: Decimal) -> None:
    """A part of what the line took is back, from the lots drawn last, at the cost at which it left."""
    left, cost = _still_out(book, line)
    if line.undone or line.undoes or quantity > left:
        raise Refused
    if book.in_lots:
        _return_to_lots(book, source, line, quantity)
    else:
        _fill_deficit(book, line, quantity)
        book.write(line.product, source, quantity, share(left, cost, quantity), gives_back=line)
    _put_right(book, line.product, source)


def _stands(line: Line) -> bool:
    """Whether it may be reversed: once, and not in the batch that writes it, when it has no number."""
    return not line.undone and not line.undoes and line.id > 0


def _returns(book: Book) -> list[Line]:
    return [line for line in book.lines if line.gives_back and not line.undone]


def _still_out(book: Book, line: Line) -> tuple[Decimal, Decimal]:
    """What the line took and was not given back of it."""
    backs = [each for each in _returns(book) if each.gives_back is line]
    quantity = sum((each.quantity for each in backs), line.quantity)
    return -quantity, -sum((each.cost for each in backs), line.cost)


def _oppose(book: Book, line: Line) -> None:
    """One line has its opposite; a correction of the level alone needs no more than that."""
    if not book.in_lots:
        _fill_deficit(book, line, -line.quantity)
        book.write(line.product, line.source, -line.quantity, -line.cost, undoes=line)
    elif line.quantity < 0:
        _bring_back(book, line)
    elif line.quantity > 0:
        _take_away(book, line)
    else:
        if line.lot is not None:
            line.lot.reprice(-line.cost)
        book.write(line.product, line.source, ZERO, -line.cost, undoes=line)


def _bring_back(book: Book, line: Line) -> None:
    """What it owes is owed no more, its lots get back what they gave; a new lot holds what had no lot."""
    page = book.pages[line.product]
    rest, worth = -line.quantity, -line.cost
    owed = page.owed_by(line)
    if owed is not None:
        rest, worth = rest - owed.quantity, worth - owed.settle(owed.quantity)
    for take in line.takes:
        take.lot.give(-take.quantity, -take.cost)
        rest, worth = rest - take.quantity, worth - take.cost
    lot = page.add_lot(NOW, rest, max(worth, ZERO)) if rest else None
    book.write(line.product, line.source, -line.quantity, -line.cost, undoes=line, lot=lot)


def _take_away(book: Book, line: Line) -> None:
    """What it gave back to lots leaves them again, the rest leaves its own lot, or the oldest without one."""
    page = book.pages[line.product]
    rest, worth = line.quantity, line.cost
    for take, quantity, cost in line.returned:
        take.come_back(-quantity, -cost)
        rest, worth = rest - quantity, worth - cost
    if rest and line.lot is not None:
        line.lot.give(rest, worth)
        if line.made_lot and line.lot.all_quantity == rest:
            page.lots.remove(line.lot)
    elif rest > total_of(page.take_oldest(rest))[0]:
        raise Refused
    book.write(line.product, line.source, -line.quantity, -line.cost, undoes=line)


def _return_to_lots(book: Book, source: int, line: Line, quantity: Decimal) -> None:
    page = book.pages[line.product]
    left, worth = _still_out(book, line)
    rest, cost = quantity, ZERO
    owed = page.owed_by(line)
    if owed is not None:
        left, worth = left - owed.quantity, worth - owed.cost
        part = min(rest, owed.quantity)
        rest, cost = rest - part, owed.settle(part)
    out, out_cost = total((take.out, take.out_cost) for take in line.takes)
    returned = _return_last_first(line, rest)
    back, back_cost = total((each[1], each[2]) for each in returned)
    rest, cost, lot = rest - back, cost + back_cost, None
    if rest:
        lot = page.add_lot(NOW, rest, max(share(left - out, worth - out_cost, rest), ZERO))
        cost += lot.cost
    book.write(
        line.product,
        source,
        quantity,
        cost,
        gives_back=line,
        returned=returned,
        lot=lot,
        made_lot=lot is not None,
    )


def _return_last_first(line: Line, quantity: Decimal) -> list[tuple[Take, Decimal, Decimal]]:
    """As much of the quantity as has lots to return to has returned to these."""
    returned = []
    for take in reversed(line.takes):
        part = min(quantity, take.out)
        if part:
            cost = share(take.out, take.out_cost, part)
            take.come_back(part, cost)
            returned.append((take, part, cost))
            quantity -= part
    return returned


def _fill_deficit(book: Book, line: Line, quantity: Decimal) -> None:
    """What comes back to a level below zero is owed no more, its own shortage first."""
    page = book.pages[line.product]
    deficit, owed = -page.on_hand, page.owed_by(line)
    if owed is not None and quantity > 0:
        part = min(quantity, owed.quantity)
        owed.settle(part)
        quantity, deficit = quantity - part, deficit - part
    page.settle_oldest(min(quantity, deficit))


def _put_right(book: Book, product: int, source: int) -> None:
    """In lots a level is worth what these are; at the average, at least something of the right sign."""
    page = book.pages[product]
    if book.in_lots:
        book.revalue(product, source, page.worth_of_lots())
    elif not page.on_hand or page.on_hand * page.value < 0:
        book.revalue(product, source, rounded(page.on_hand * page.unit_cost))
