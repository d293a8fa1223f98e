"""Every limit on hostile or absurd input, by name, with its reason. A breach is a LimitExceeded, never a crash."""

from __future__ import annotations

from pipeline.errors import LimitExceeded

MAX_FILE_BYTES = 200 * 1024 * 1024
"""The largest notice seen is 20 MB (a scan); ten times that still fits in memory several times over."""

MAX_LINE_CHARS = 200_000
"""A notice's longest paragraph has about 2,000 characters; patterns that back-track need some bound on one text."""

MAX_BLOCKS = 200_000
"""Lines and tables of one document; a 3,000-row table document has about 3,000."""

MAX_LINES = 400_000
"""Lines of a text file, blank ones too. A table of 15,000 rows with each cell on a line of its own has about 100,000."""

MAX_TAGS = 6_000_000
"""Tags of one page or XML part: 15,000 rows of Word's own XML have 3 million; each tag takes about 100 bytes in memory."""

MAX_ATTRIBUTES = 5_000
"""Attributes of one element of a page; editors write ten. The parser compares each with all before it: 0.2 s for so many."""

MAX_ZIP_MEMBERS = 5_000
"""Office and OFD containers hold tens of parts, picture-rich ones hundreds."""

MAX_PART_BYTES = 64 * 1024 * 1024
"""One XML part unpacked. 3,000 table rows are 6 MB; a tree in memory takes about eight times the part."""

MAX_UNPACKED_BYTES = 400 * 1024 * 1024
"""All parts together as the container's index declares them (pictures are never unpacked)."""

MAX_RATIO = 500
"""Packed to unpacked. Word's XML packs 10 to 40 times; a bomb more than 1,000 times. Small parts are exempt."""

RATIO_FLOOR_BYTES = 4 * 1024 * 1024
"""Below this size a part cannot hurt, whatever its ratio."""

MAX_TABLE_NESTING = 20
"""Tables inside cells. Layout templates go three deep; below this level the text is kept and the grid is not."""

MAX_PATH_STEPS = 100
"""Elements of a path that is given as a place. Pages made by editors nest 30 deep; where thousands nest, each path to the end
would be as long as the page."""

MAX_TABLE_ROWS = 20_000
"""Rows of one table: the largest honest one we are asked to read has 3,000."""

MAX_TABLE_COLUMNS = 256
"""Columns of one table: Word allows 63, the widest rubric seen has 22. A span beyond is cut off there."""

MAX_TABLE_CELLS = 400_000
"""Grid positions of one table, spans included."""

MAX_SHEETS = 200
"""Worksheets of one workbook: one for each annex or assessed unit, tens at most."""

MAX_SHEET_ROWS = 60_000
"""Rows of one worksheet that hold something: three tables of the most rows. The workbook library takes 0.1 ms for each cell."""

MAX_NUMBER = 32_767
"""Automatic list numbers: Word's own bound."""

OFFICE_SECONDS = 120
"""One conversion by the office suite: 1 s is usual, a slow machine at first start takes 20."""

OFFICE_ROOM = 2_000_000
"""Bytes that must be left for temporary files after a conversion that gave nothing: a profile alone takes a few hundred KB."""


def check_text(text: str, where: str) -> None:
    """Refuse a single text that is absurdly long."""
    if len(text) > MAX_LINE_CHARS:
        raise LimitExceeded(
            where, f"one line or cell of {len(text):,} characters (limit {MAX_LINE_CHARS:,})", "split the text into lines"
        )


def check_tags(data: bytes, where: str) -> None:
    """Refuse markup with more tags than a tree in memory has room for."""
    if data.count(b"<") > MAX_TAGS:
        raise LimitExceeded(where, f"more than {MAX_TAGS:,} tags", "split the document")


def check_grid(rows: int, cols: int, where: str) -> None:
    """Refuse a table that is absurdly large."""
    if rows > MAX_TABLE_ROWS:
        raise LimitExceeded(where, f"a table of {rows:,} rows (limit {MAX_TABLE_ROWS:,})", "split the table")
    if rows * cols > MAX_TABLE_CELLS:
        raise LimitExceeded(where, f"a table of {rows:,} × {cols:,} cells (limit {MAX_TABLE_CELLS:,})", "split the table")

MAX_VALUE_BYTES = 64 * 1024
"""One field of a filled PDF that is kept as a packed stream: a page of notes packs to 2 KB; unpacked, at most 64 MB."""

MAX_FORM_FIELDS = 30_000
"""Fields of a filled form: three for each of 3,000 criteria are 9,000."""

MAX_FORMS = 20_000
"""Forms in one export of a phone tool, or made for one list of units: a bureau's year has some hundred; each takes some
milliseconds and 5 KB to read, ten times that to write."""


def check_forms(forms: int, fields: int, where: str) -> None:
    """Refuse an export, or a list of units, with absurdly many forms or fields."""
    if forms > MAX_FORMS:
        raise LimitExceeded(where, f"{forms:,} forms (limit {MAX_FORMS:,})", "split the file")
    if fields > MAX_FORM_FIELDS:
        raise LimitExceeded(where, f"{fields:,} form fields (limit {MAX_FORM_FIELDS:,})", "give the filled form alone")


MAX_FLAT_OBJECTS = 20_000
"""Characters and lines on one page of a filled form whose fields are gone: a dense one has 4,000; these take 13 s."""

MAX_FLAT_DRAWS = 2_000
"""Form XObjects drawn on one page of it: one for each field that was flattened, some hundred; these take 2 s, twice as many
four times as long."""

MAX_FORM_PAGES = 200
"""Pages of a filled form whose fields are gone, read by place at 0.3 s a page; forms have two to ten."""

MAX_PAGES = 5_000
"""Pages of one PDF or OFD. The longest tender seen has 400."""

MAX_PAGE_GLYPHS = 60_000
"""Characters of one page; a full A4 page of small print has 4,000."""

MAX_PAGE_RULES = 60_000
"""Ruling pieces of one page: a dense sheet of dashed lines has 3,000."""

MAX_PAGE_OBJECTS = 300_000
"""Paths, texts and pictures of one page: a map drawn line by line has 100,000, and takes 10 s."""

MAX_FORM_DRAWS = 100_000
"""Form XObjects drawn on one page, those inside others counted each time: letterheads draw two or three."""

MAX_FORM_DEPTH = 6
"""Form XObjects inside each other; producers nest two or three."""

MAX_IMAGE_PIXELS = 150_000_000
"""One scanned page: A3 at 600 dpi has 70 million."""

MAX_SCAN_PAGES = 500
"""Pages of one TIFF; at about 3 s a page."""
