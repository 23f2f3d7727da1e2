"""The results as an SVG picture."""

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor, white

from .report import rate

OURS, OTHERS, TEXT = HexColor("#714b67"), HexColor("#b9b4c2"), HexColor("#222222")
WIDTH, BAR, HEAD, LABELS = 760, 24, 36, 290


def drawn(results):
    """One chart below the other: bills a second, memory, idle time."""
    charts = [
        ("Bills a second", _throughput(results["booking"]), "%.1f"),
        (
            "Memory of a first import, in megabytes",
            [(f"{one['documents']:,} documents", one["peak"], True) for one in results["memory"]],
            "%.0f",
        ),
        (
            "Odoo's time of an idle synchronisation, in milliseconds",
            [
                (f"{one['documents']:,} known documents", one["odoo_ms"], True)
                for one in results["idle"]
            ],
            "%.0f",
        ),
    ]
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
    return [(text, rate(booking[who]), who == "sync") for who, text in words.items()]


def _chart(bars, number, bottom):
    """Bars of ``(label, value, whether it is ours)``, the first at the top."""
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
    chart.categoryAxis.labels.dx = -30  # where Helvetica is not there, another font is wider
    chart.categoryAxis.visibleTicks = chart.valueAxis.visible = False
    chart.valueAxis.valueMin = 0
    chart.barLabelFormat, chart.barLabels.nudge, chart.barSpacing = number, 20, 4
    chart.bars.strokeColor = None
    for index, (_label, _value, is_ours) in enumerate(bars):
        chart.bars[0, index].fillColor = OURS if is_ours else OTHERS
    return chart
