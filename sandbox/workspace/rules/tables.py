"""The rules of table and data_table blocks."""

from __future__ import annotations

from sandbox.workspace.rules import limits
from sandbox.workspace.rules.problems import Json, Notebook

_CELLS = frozenset({"raw_text", "raw_number", "rich_text"})
_HEADER_CELLS = frozenset({"raw_text", "raw_number"})


def table(found: Notebook, thing: Json, at: str) -> None:
    """A plain table of at most 100 rows and 20 columns."""
    rows = found.items(thing.get("rows"), f"{at}/rows", limits.TABLE_ROWS_MAX_ITEMS)
    for index, row in enumerate(rows):
        _row(found, row, f"{at}/rows/{index}", limits.TABLE_COLUMNS_MAX_ITEMS, _CELLS)
    if thing.get("column_settings") is not None:
        found.items(thing["column_settings"], f"{at}/column_settings", limits.TABLE_COLUMN_SETTINGS_MAX_ITEMS,
                    least=0)


def data_table(found: Notebook, thing: Json, at: str) -> None:
    """A table that pages and sorts: a caption, a header row, equally long rows."""
    found.require(thing, at, "caption")
    rows = found.items(thing.get("rows"), f"{at}/rows", limits.DATA_TABLE_ROWS_MAX_ITEMS,
                       least=limits.DATA_TABLE_ROWS_MIN_ITEMS)
    for index, row in enumerate(rows):
        _row(found, row, f"{at}/rows/{index}", limits.DATA_TABLE_COLUMNS_MAX_ITEMS,
             _CELLS if index else _HEADER_CELLS)
    widths = {len(row) for row in rows if isinstance(row, list)}
    if len(widths) > 1:
        found.failed(f"{at}/rows", "all rows must have the same number of cells", type="equal_length")
    if thing.get("page_size") is not None:
        found.between(thing["page_size"], f"{at}/page_size", limits.DATA_TABLE_PAGE_SIZE_MIN,
                      limits.DATA_TABLE_PAGE_SIZE_MAX)


def content_length(thing: Json) -> int:
    """How many characters the cells of a table hold together."""
    rows = [row for row in thing.get("rows") or [] if isinstance(row, list)]
    return sum(len(str(cell.get("text") or "")) for row in rows for cell in row if isinstance(cell, dict))


def _row(found: Notebook, row: object, at: str, most: int, kinds: frozenset[str]) -> None:
    for index, cell in enumerate(found.items(row, at, most)):
        where = f"{at}/{index}"
        if not found.is_object(cell, where) or not found.one_of(cell.get("type"), f"{where}/type", kinds):
            continue
        if cell["type"] == "raw_text":
            found.length(cell.get("text"), f"{where}/text", limits.DATA_TABLE_CONTENT_MAX_LENGTH, least=1)
        elif cell["type"] == "raw_number":
            found.require(cell, where, "value")
        else:
            found.items(cell.get("elements"), f"{where}/elements", 10_000)
