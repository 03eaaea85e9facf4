"""Typography of the map: one family, lines that fit, and text that stays what it is."""

from qgis.core import QgsTextFormat, QgsUnitTypes
from qgis.PyQt.QtGui import QColor, QFont, QFontInfo, QFontMetricsF

INK = "#222222"
QUIET_INK = "#555555"
_FAMILIES = ("Open Sans", "Noto Sans", "Segoe UI", "Helvetica Neue", "Liberation Sans", "DejaVu Sans")
_MM_PER_POINT = 25.4 / 72.0
_SLACK = 0.97  # share of the room used, for drawn letters are a little wider than measured ones
_MEASURED_AT_PX = 200  # a size at which widths are not rounded


def font_family():
    """Return the first family of our list that this computer has, or its own sans serif."""
    installed = (name for name in _FAMILIES if QFontInfo(QFont(name)).family() == name)
    return next(installed, QFontInfo(QFont("Sans Serif")).family())


def text_format(points, bold=False, colour=INK):
    """Return a text format of a size in points."""
    font = QFont(font_family())
    font.setPointSizeF(points)
    font.setBold(bold)
    style = QgsTextFormat()
    style.setFont(font)
    style.setSize(points)
    style.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    style.setColor(QColor(colour))
    return style


def set_letters(item, style):
    """Give a label or a legend style its letters (QGIS before 3.24 and 3.30 knows no text format there)."""
    if hasattr(item, "setTextFormat"):
        item.setTextFormat(style)
        return
    item.setFont(style.font())
    if hasattr(item, "setFontColor"):
        item.setFontColor(style.color())


def width_mm(text, points, bold=False):
    """Return the width of one line of text in millimetres."""
    font = QFont(font_family())
    font.setBold(bold)
    font.setPixelSize(_MEASURED_AT_PX)
    return QFontMetricsF(font).horizontalAdvance(text) / _MEASURED_AT_PX * points * _MM_PER_POINT


def fitted(text, room_mm, points, least_points, bold=False, most_lines=2):
    """Return the lines of ``text`` and the size in points at which they fit into ``room_mm``.

    One line at the largest possible size is preferred; below ``least_points`` the text is broken into at most
    ``most_lines``, and what does not fit then ends in an ellipsis.
    """
    room_mm *= _SLACK
    text = " ".join(text.split())
    if not text:
        return [], points
    width = width_mm(text, points, bold)
    if width * least_points <= room_mm * points:
        return [text], min(points, points * room_mm / width)
    lines, line = [], ""
    for word in _breakable(text.split(" "), room_mm, least_points, bold):
        longer = f"{line} {word}".strip()
        if width_mm(longer, least_points, bold) <= room_mm:
            line = longer
            continue
        lines.append(line)
        line = word
    lines.append(line)
    if len(lines) > most_lines:
        lines = lines[:most_lines]
        last = lines[-1]
        while last and width_mm(f"{last}\u2026", least_points, bold) > room_mm:
            last = last[:-1]
        lines[-1] = f"{last.rstrip()}\u2026"
    return lines, least_points


def grouped(number):
    """Return a whole number with its digits in threes, such as 150 000."""
    return f"{number:,.0f}".replace(",", " ")


def literal(text):
    """Return ``text`` such that QGIS shows it instead of evaluating ``[% ... %]`` in it as an expression."""
    return text.replace("[%", "[\u200b%")


def _breakable(words, room_mm, points, bold):
    """Yield the words, those wider than the room cut into pieces."""
    for word in words:
        while width_mm(word, points, bold) > room_mm:
            length = len(word) - 1
            while length > 1 and width_mm(word[:length], points, bold) > room_mm:
                length -= max(1, length // 8)
            yield word[:length]
            word = word[length:]
        yield word
