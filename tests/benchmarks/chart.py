"""The results as an SVG picture."""

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor, white

from .goals import rate

OURS, OTHERS, TEXT = HexColor("#714b67"), HexColor("#b9b4c2"), HexColor("#222222")
WIDTH, BAR, HEAD, LABELS = 760, 24, 36, 290


def drawn(results):
    """Return the charts of the measured parts, one below the other."""
    charts = [chart(results[part]) for part, chart in CHARTS.items() if part in results]
    height = sum(HEAD + BAR * len(bars) + 12 for _title, bars, _format in charts)
    drawing = Drawing(WIDTH, height)
    drawing.add(Rect(0, 0, WIDTH, height, fillColor=white, strokeColor=None))
    top = height
    for title, bars, number in charts:
        drawing.add(
            String(12, top - 24, title, fontName="Helvetica-Bold", fontSize=13, fillColor=TEXT)
        )
        top -= HEAD + BAR * len(bars)
        drawing.add(_chart(bars, number, top))
        top -= 12
    return renderSVG.drawToString(drawing)


def _throughput(booking):
    words = {
        "sync": "Lucca Invoices Sync, all of it",
        "batches": "account.move.create, batches of 50",
        "one_by_one": "account.move.create, one by one",
        "oca": "OCA account_invoice_import",
        "odoo_ubl": "Odoo's upload of UBL files",
    }
    bars = [(text, rate(booking[who]), who == "sync") for who, text in words.items()]
    return "Bills a second", bars, "%.1f"


def _memory(imports):
    bars = [(f"{one['documents']:,} documents", one["peak"], True) for one in imports]
    return "Memory of a first import, in megabytes", bars, "%.0f"


def _idle(histories):
    bars = [(f"{one['documents']:,} known documents", one["odoo_ms"], True) for one in histories]
    return "Odoo's time of an idle synchronisation, in milliseconds", bars, "%.0f"


def _requests(requests):
    bars = []
    for one in requests["imports"]:
        if not one["least"]["files"]:
            words, least = f"{one['documents']:,} documents", sum(one["least"].values())
            bars += [
                (words, sum(one["asked"].values()), True),
                ("the least possible", least, False),
            ]
    return "Requests of a first import without files", bars, "%.0f"


CHARTS = {"booking": _throughput, "memory": _memory, "idle": _idle, "requests": _requests}


def _chart(bars, number, bottom):
    """Return bars of ``(label, value, whether it is ours)``, the first at the top."""
    bars = bars[::-1]
    chart = HorizontalBarChart()
    chart.x, chart.y, chart.width, chart.height = (
        LABELS,
        bottom,
        WIDTH - LABELS - 70,
        BAR * len(bars),
    )
    chart.data = [[value for _label, value, _is_ours in bars]]
    chart.categoryAxis.categoryNames = [label for label, _value, _is_ours in bars]
    for labels in (chart.categoryAxis.labels, chart.barLabels):
        labels.fontName, labels.fontSize = "Helvetica", 11
    chart.categoryAxis.labels.dx = -30  # Where Helvetica is missing, another font is wider.
    chart.categoryAxis.visibleTicks = chart.valueAxis.visible = False
    chart.valueAxis.valueMin = 0
    chart.barLabelFormat, chart.barLabels.nudge, chart.barSpacing = number, 20, 4
    chart.bars.strokeColor = None
    for index, (_label, _value, is_ours) in enumerate(bars):
        chart.bars[0, index].fillColor = OURS if is_ours else OTHERS
    return chart
