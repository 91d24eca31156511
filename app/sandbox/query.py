"""The query language: from the text of a statement to what it asks for.

    SELECT * | COUNT(*) | attribute, … FROM entity
    [WHERE attribute operator value [AND …]] [ORDERBY attribute [ASC | DESC], …]
    [STARTPOSITION n] [MAXRESULTS n]

Says only whether a statement is well formed (error 4000); whether it makes sense for its entity (4001) is for
`selection` to say.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

OPERATORS = ("=", "<", ">", "<=", ">=", "IN", "LIKE")
_COMPARISONS = {"=", "<", ">", "<=", ">="}

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\.)*')
    |(?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    |(?P<word>[A-Za-z_][\w.]*)
    |(?P<sign><=|>=|[=<>(),*])
    )""",
    re.VERBOSE | re.DOTALL,
)


class QueryError(Exception):
    """The statement cannot be answered. `code` is 4000 (not parsed) or 4001 (parsed, but invalid)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Condition(NamedTuple):
    """One comparison of the WHERE part. `values` holds one text, several for IN."""

    attribute: str
    operator: str
    values: tuple[str, ...]


class Order(NamedTuple):
    attribute: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """A parsed statement; names are as written in it."""

    entity: str
    columns: tuple[str, ...]
    """Empty for a count."""
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    start_position: int | None = None
    max_results: int | None = None


class _Token(NamedTuple):
    kind: str
    text: str
    position: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def parse(statement: str) -> Query:
    """The query that the statement spells. Raises QueryError 4000, naming where it stops making sense."""
    return _Parser(statement).query()


def _tokens(statement: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    end = len(statement.rstrip())
    while position < end:
        match = _TOKEN.match(statement, position)
        if match is None or match.lastgroup is None:
            place = position + len(statement[position:]) - len(statement[position:].lstrip())
            raise QueryError("4000", _encountered(statement[place], place))
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        position = match.end()
    found.append(_Token("end", "<EOF>", end))
    return found


def _encountered(text: str, position: int, wanted: str = "") -> str:
    expected = f" Was expecting: {wanted}" if wanted else ""
    return f'QueryParserError: Encountered "{text}" at line 1, column {position + 1}.{expected}'


@dataclass
class _Parser:
    """Reads the tokens once, from left to right."""

    statement: str
    _list: list[_Token] = field(init=False)
    _next: int = 0

    def __post_init__(self) -> None:
        self._list = _tokens(self.statement)

    def query(self) -> Query:
        self._keyword("SELECT")
        columns = self._columns()
        self._keyword("FROM")
        entity = self._name("an entity")
        conditions = self._conditions() if self._accept("WHERE") else ()
        orders = self._orders() if self._orders_follow() else ()
        paging = self._paging()
        if self._peek.kind != "end":
            self._refuse("the end of the statement")
        return Query(
            entity, columns, conditions, orders, paging.get("STARTPOSITION"), paging.get("MAXRESULTS")
        )

    @property
    def _peek(self) -> _Token:
        return self._list[self._next]

    def _refuse(self, wanted: str) -> None:
        raise QueryError("4000", _encountered(self._peek.text, self._peek.position, wanted))

    def _take(self) -> _Token:
        token = self._peek
        self._next += 1
        return token

    def _accept(self, text: str) -> bool:
        """True, one token further, when the next one is this word or sign."""
        if self._peek.kind != "text" and self._peek.text.upper() == text:
            self._next += 1
            return True
        return False

    def _keyword(self, text: str) -> None:
        if not self._accept(text):
            self._refuse(text)

    def _name(self, wanted: str) -> str:
        if self._peek.kind != "word":
            self._refuse(wanted)
        return self._take().text

    def _columns(self) -> tuple[str, ...]:
        if self._accept("COUNT"):
            for sign in "(*)":
                self._keyword(sign)
            return ()
        columns = [self._column()]
        while self._accept(","):
            columns.append(self._column())
        return tuple(columns)

    def _column(self) -> str:
        return "*" if self._accept("*") else self._name("* or an attribute")

    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._accept("AND"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        attribute = self._name("an attribute")
        if self._peek.text in _COMPARISONS:
            return Condition(attribute, self._take().text, (self._value(),))
        if self._accept("LIKE"):
            return Condition(attribute, "LIKE", (self._value(),))
        if not self._accept("IN"):
            self._refuse(" ".join(OPERATORS))
        return Condition(attribute, "IN", self._values())

    def _values(self) -> tuple[str, ...]:
        self._keyword("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._keyword(")")
        return tuple(values)

    def _value(self) -> str:
        token = self._peek
        if token.kind == "text":
            self._take()
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind == "number" or token.word in ("TRUE", "FALSE", "CURRENT_DATE"):
            return self._take().text
        self._refuse("a value")
        return ""

    def _orders_follow(self) -> bool:
        if self._accept("ORDERBY"):
            return True
        if self._accept("ORDER"):
            self._keyword("BY")
            return True
        return False

    def _orders(self) -> tuple[Order, ...]:
        orders = [self._order()]
        while self._accept(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        attribute = self._name("an attribute")
        if self._accept("DESC"):
            return Order(attribute, True)
        self._accept("ASC")
        return Order(attribute, False)

    def _paging(self) -> dict[str, int]:
        """STARTPOSITION and MAXRESULTS, in either order, each at most once."""
        paging: dict[str, int] = {}
        while self._peek.word in ("STARTPOSITION", "MAXRESULTS") and self._peek.word not in paging:
            word = self._take().word
            if self._peek.kind != "number" or "." in self._peek.text:
                self._refuse("a whole number")
            paging[word] = int(self._take().text)
        return paging
