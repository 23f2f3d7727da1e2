"""The VAT rates that suppliers in Europe charge.

Source: the rates in force in 2026 in the member states of the European Union (Directive 2006/112/EC,
art. 96 to 98), the French overseas departments, Iceland, Norway, Switzerland and the United Kingdom.
"""

from decimal import Decimal

_PERCENTAGES = """
2.1 2.6 3 3.8 4 4.8 5 5.5 6 7 8 8.1 8.5 9 9.5 10 11 12 13 13.5 14 15 17 18 19 20 21 22 23 24 25 25.5 27
"""
#: The rates above zero as fractions (0.2 for 20 %), the lowest first.
USUAL_RATES = tuple(Decimal(percentage) / 100 for percentage in _PERCENTAGES.split())
