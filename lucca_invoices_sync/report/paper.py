"""Writes a PDF of text in columns, line by line: fast, and with little memory.

Odoo depends on reportlab itself. Reportlab's own tables measure all cells before they write the
first one, which takes minutes for a long list. Here each line is placed at once.
"""

from functools import lru_cache

from odoo.tools.misc import file_path
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = landscape(A4)
MARGIN = 34
INNER = WIDTH - 2 * MARGIN
BOTTOM = MARGIN + 16
LEADING = 9.6
#: Odoo's own fonts that have Latin, Greek and Cyrillic letters. The first one that exists is used.
FONTS = ("Roboto/Roboto", "Open_Sans/Open_Sans")
ELLIPSIS = "…"
#: Replacements for characters that messages contain and the fonts lack.
_MISSING = {ord("→"): ">"}
REGULAR, BOLD = "regular", "bold"
SMALL, NORMAL, LARGE, TITLE = 6.3, 7.2, 10.5, 17
SHADE, RULE, INK, MUTED = (
    (0.955, 0.96, 0.968),
    (0.72, 0.74, 0.77),
    (0.1, 0.1, 0.12),
    (0.38, 0.4, 0.44),
)
_TOTAL = "number_of_pages"


@lru_cache(maxsize=1)
def _fonts():
    """Return ``{style: font name}`` of registered fonts, or of PDF's own ones if Odoo has none."""
    for family in FONTS:
        try:
            paths = [
                file_path(f"web/static/fonts/google/{family}-{style}.ttf")
                for style in ("Regular", "Bold")
            ]
        except FileNotFoundError:
            continue
        names = {REGULAR: "LuccaRegular", BOLD: "LuccaBold"}
        for name, path in zip(names.values(), paths, strict=True):
            pdfmetrics.registerFont(TTFont(name, path))
        return names
    return {REGULAR: "Helvetica", BOLD: "Helvetica-Bold"}


@lru_cache(maxsize=50_000)
def _width(text, font, size):
    return pdfmetrics.stringWidth(text, font, size)


def _clean(text):
    """Return a text as one line, with characters that the fonts have."""
    if text.isascii() and text.isprintable():
        return text
    return " ".join(text.split()).translate(_MISSING)


def _fits(text, font, size, width):
    return _width(text, font, size) <= width


class Paper:
    """A PDF that is being written from top to bottom.

    :param file: a binary file
    :param foot: the text at the foot of each page
    :param pages: a function of a page's number and the number of all pages that returns "Page 3 of 12"
    """

    def __init__(self, file, foot, pages):
        self._fonts = _fonts()
        self._canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), pageCompression=1)
        self._foot, self._pages = foot, pages
        self._page, self._head = 0, None
        self._begin_page()

    def describe(self, title, author, subject):
        """Set the properties that PDF readers show of the file."""
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject(subject)

    # --- pages ----------------------------------------------------------------------------------

    def _begin_page(self):
        self._page += 1
        self.y = HEIGHT - MARGIN
        self._text = self._canvas.beginText()
        self._font = self._ink = None
        if self._head:
            self._head()

    def _end_page(self):
        words = self._pages(self._page, "").rstrip()
        end = WIDTH - MARGIN - 24
        self.put(MARGIN, self._foot, size=SMALL, width=INNER - 140, ink=MUTED, y=MARGIN)
        self.put(end, f"{words} ", size=SMALL, align="right", ink=MUTED, y=MARGIN)
        self._canvas.drawText(self._text)
        self._canvas.saveState()
        self._canvas.translate(end, MARGIN)
        self._canvas.doForm(_TOTAL)  # the number of pages is written at the end
        self._canvas.restoreState()
        self._canvas.showPage()

    def new_page(self):
        self._end_page()
        self._begin_page()

    def ensure(self, height):
        """Begin a new page if this one has less than ``height`` points left."""
        if self.y - height < BOTTOM:
            self.new_page()

    def section(self, head=None):
        """Set the function that writes the head of each following page, until the next call."""
        self._head = head

    def save(self):
        """Finish the file; return the number of pages."""
        self._end_page()
        self._canvas.beginForm(_TOTAL, 0, -5, 40, 12)
        self._canvas.setFont(self._fonts[REGULAR], SMALL)
        self._canvas.setFillColorRGB(*MUTED)
        self._canvas.drawString(0, 0, str(self._page))
        self._canvas.endForm()
        self._canvas.save()
        return self._page

    # --- words ----------------------------------------------------------------------------------

    def put(self, x, text, width=None, style=REGULAR, size=NORMAL, align="left", ink=INK, y=None):
        """Write one line; a text that is wider than ``width`` ends with an ellipsis."""
        if not text:
            return
        font = self._fonts[style]
        text = self.fit(_clean(text), width, font, size)
        if align != "left":
            x -= _width(text, font, size) / (1 if align == "right" else 2)
        if (font, size) != self._font:
            self._text.setFont(font, size)
            self._font = (font, size)
        if ink != self._ink:
            self._text.setFillColorRGB(*ink)
            self._ink = ink
        self._text.setTextOrigin(x, self.y if y is None else y)
        self._text.textOut(text)

    def fit(self, text, width, font, size):
        """Return the text, or as much of it as fits, with an ellipsis."""
        if width is None or _width(text, font, size) <= width:
            return text
        room = width - _width(ELLIPSIS, font, size)
        used, length = 0, 0
        for letter in text:
            used += _width(letter, font, size)
            if used > room:
                break
            length += 1
        return text[:length].rstrip() + ELLIPSIS

    def is_cut(self, text, width, style=REGULAR, size=NORMAL):
        """Return whether a text is wider than a width."""
        return _width(_clean(text), self._fonts[style], size) > width

    def wrap(self, text, width, style=REGULAR, size=NORMAL):
        """Return a text as lines that fit a width; words that are wider are broken."""
        font, found = self._fonts[style], [""]
        for word in self._broken(text.split(), width, font, size):
            line = f"{found[-1]} {word}".strip()
            if found[-1] and _width(line, font, size) > width:
                found.append(word)
            else:
                found[-1] = line
        return found

    def _broken(self, words, width, font, size):
        """Give the words; those that are wider than a line are given in parts."""
        for word in words:
            rest = word
            while _width(rest, font, size) > width:
                length = next(
                    end
                    for end in range(len(rest), 0, -1)
                    if end == 1 or _fits(rest[:end], font, size, width)
                )
                yield rest[:length]
                rest = rest[length:]
            yield rest

    def paragraph(self, text, x=MARGIN, width=None, style=REGULAR, size=NORMAL, ink=INK):
        width = width or INNER
        for line in self.wrap(text, width, style, size):
            self.ensure(size * 1.35)
            self.y -= size * 1.35
            self.put(x, line, width, style, size, ink=ink)

    def heading(self, text, size=LARGE):
        """Write a heading that does not stand alone at the foot of a page."""
        self.ensure(size * 2 + 5 * LEADING)
        self.y -= size * 1.9
        self.put(MARGIN, text, INNER, BOLD, size)
        self.y -= size * 0.4

    def pair(self, label, words, indent=120):
        """Write a label, and words beside it on as many lines as they need."""
        found = self.wrap(words, INNER - indent)
        for place, line in enumerate(found):
            self.ensure(LEADING)
            self.y -= LEADING
            if place == 0:
                self.put(MARGIN, label, indent - 6, BOLD)
            self.put(MARGIN + indent, line, INNER - indent)
        self.y -= 2

    # --- lines and shades -------------------------------------------------------------------------

    def rule(self, x=MARGIN, width=INNER):
        self._canvas.setStrokeColorRGB(*RULE)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(x, self.y, x + width, self.y)

    def shade(self, height):
        """Draw a light background for the next lines, ``height`` points high."""
        self._canvas.setFillColorRGB(*SHADE)
        self._canvas.rect(MARGIN - 3, self.y - height, INNER + 6, height, stroke=0, fill=1)
