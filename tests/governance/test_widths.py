"""The columns of a Word file's table: no word is torn apart as long as there is room."""

from collections.abc import Iterable

from governance.documents.widths import fitted

WIDTH, LETTER, EDGE = 9400, 170, 90
HEADER = ("Nr.", "Maßnahme", "Phase", "Status", "Ampel", "Stand", "Nächster Meilenstein", "Termin")
ROW = (
    "B-01",
    "Straßenbeleuchtung",
    "Verstetigung",
    "abgeschlossen",
    "grün",
    "100 %",
    "Abschlussbericht",
    "30.12.2026",
)
SHARES = (10, 38, 18, 18, 22, 14, 30, 17)


def widths_of(columns: Iterable[tuple[str, ...]], shares: tuple[int, ...], width: int) -> list[int]:
    return fitted(list(columns), shares, width, letter=LETTER, edge=EDGE)


def test_a_date_has_a_column_that_holds_it_whatever_its_share() -> None:
    for share in (1, 17, 60):
        widths = widths_of(zip(HEADER, ROW, strict=True), (*SHARES[:-1], share), WIDTH)
        assert (widths[-1] >= EDGE + 5.72 * LETTER, sum(widths) <= WIDTH) == (True, True)


def test_what_is_left_is_shared_as_stated() -> None:
    assert widths_of([("a", "1"), ("b", "2")], (1, 3), 4000) == [1000, 3000]


def test_the_longest_words_give_way_where_not_all_fit() -> None:
    words = ("12.12.2026", "W" * 4000, "Donaudampfschifffahrtsgesellschaft")
    widths = widths_of(zip("abc", words, strict=True), (1, 1, 1), 5000)
    assert (widths[0] >= EDGE + 5.72 * LETTER, sum(widths) <= 5000, min(widths) > 0) == (True, True, True)


def test_a_table_without_rows_or_words_has_columns_too() -> None:
    assert widths_of([("",), ("",)], (1, 1), 1000) == [500, 500]
