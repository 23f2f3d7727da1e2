"""The invented data of the realistic tenant: what is bought, from whom, and for which site."""

from __future__ import annotations

from dataclasses import dataclass

Rate = str | None


@dataclass(frozen=True)
class Trade:
    """What a kind of supplier sells. The rate None means outside of VAT."""

    nature: str
    titles: tuple[str, ...]
    rates: tuple[Rate, ...]
    low: int
    high: int
    monthly: bool = False
    recoverable: bool = True


@dataclass(frozen=True)
class Supplier:
    """A supplier. Its territory decides the form of its numbers; a foreign currency is converted to euros."""

    name: str
    trade: str
    territory: str = "FR"
    has_vat: bool = True
    currency: str = "EUR"


TRADES = {
    "telecom": Trade("Télécommunications", ("Fibre et téléphonie",), ("0.2",), 40, 600, True),
    "cloud": Trade(
        "Hébergement", ("Serveurs virtuels", "Noms de domaine"), ("0.2",), 30, 1800, True
    ),
    "rent": Trade("Loyers", ("Loyer et charges",), ("0.2", "0"), 900, 4200, True),
    "energy": Trade("Énergie", ("Électricité et abonnement",), ("0.2", "0.055"), 60, 700, True),
    "cleaning": Trade("Entretien", ("Nettoyage des bureaux",), ("0.2",), 250, 900, True),
    "accounting": Trade("Honoraires", ("Mission comptable",), ("0.2",), 400, 1500, True),
    "insurance": Trade("Assurances", ("Prévoyance collective",), (None,), 120, 900, True),
    "press": Trade("Documentation", ("Abonnement presse",), ("0.021",), 12, 90, True),
    "water": Trade("Entretien", ("Fontaines à eau",), ("0.055", "0.2"), 25, 140, True),
    "security": Trade("Sécurité", ("Télésurveillance",), ("0.2",), 60, 240, True),
    "stationery": Trade("Fournitures", ("Papeterie", "Cartouches d'encre"), ("0.2",), 4, 120),
    "books": Trade("Documentation", ("Ouvrages techniques",), ("0.055",), 15, 90),
    "caterer": Trade(
        "Réceptions", ("Buffet séminaire", "Plateaux-repas"), ("0.1", "0.2", "0.055"), 30, 700
    ),
    "hotel": Trade(
        "Hébergement déplacements", ("Nuits d'hôtel",), ("0.1",), 70, 420, recoverable=False
    ),
    "travel": Trade("Déplacements", ("Billets de train",), ("0.1",), 25, 260, recoverable=False),
    "car": Trade("Véhicules", ("Location de voiture",), ("0.2",), 80, 650, recoverable=False),
    "printing": Trade("Communication", ("Brochures", "Cartes de visite"), ("0.2", "0.1"), 40, 800),
    "agency": Trade("Communication", ("Campagne en ligne",), ("0.2",), 500, 6000),
    "training": Trade("Formation", ("Formation sécurité", "Cours d'anglais"), ("0",), 300, 2400),
    "courier": Trade("Frais postaux", ("Courses et affranchissement",), ("0.2", "0"), 8, 90),
    "hardware": Trade("Informatique", ("Ordinateurs portables", "Écrans"), ("0.2",), 90, 1900),
    "furniture": Trade("Mobilier", ("Bureaux et fauteuils",), ("0.2",), 110, 1200),
    "advice": Trade("Honoraires", ("Conseil en organisation",), (None,), 400, 2500),
    "membership": Trade("Cotisations", ("Cotisation annuelle",), (None,), 50, 500),
    "freight": Trade("Transport", ("Transport de palettes",), (None,), 150, 1400),
    "fair": Trade("Salons", ("Stand et montage",), (None,), 900, 7000),
    "fair_local": Trade("Salons", ("Location de stand",), ("0.19",), 400, 3000),
    "workshop": Trade("Maintenance", ("Réparation de machine",), ("0.21",), 120, 1600),
    "hotel_ch": Trade("Hébergement déplacements", ("Hôtel en Suisse",), ("0.038",), 90, 480),
    "software": Trade("Logiciels", ("Licences logicielles",), (None,), 20, 1500, True),
    "consulting": Trade("Honoraires", ("Étude de marché",), (None,), 800, 5000),
}

SUPPLIERS = (
    Supplier("Fibre & Voix de l'Ouest", "telecom"),
    Supplier("Nuagerie Lyonnaise", "cloud"),
    Supplier("Foncière du Faubourg Belleville", "rent"),
    Supplier("Énergies du Vexin", "energy"),
    Supplier("Propreté Saint-Maur Services", "cleaning"),
    Supplier("Cabinet Aubrac & Associés", "accounting"),
    Supplier("Prévoyance Atlantique Entreprises", "insurance"),
    Supplier("Presse Quotidienne Réunie", "press"),
    Supplier("Les Fontaines Claires", "water"),
    Supplier("Alarmes de la Garonne", "security"),
    Supplier("Papeterie Vaugirard", "stationery"),
    Supplier("Librairie des Trois Marches", "books"),
    Supplier("Maison Perrault Traiteur", "caterer"),
    Supplier("Auberge du Lac Bleu", "hotel"),
    Supplier("Rail & Route Voyages d'affaires", "travel"),
    Supplier("Garage Montreuil Sud Location", "car"),
    Supplier("Imprimerie Castelnau", "printing"),
    Supplier("Agence Lumen Rouge", "agency"),
    Supplier("Formations Hexagone Sud", "training"),
    Supplier("Coursiers de la Bièvre", "courier"),
    Supplier("Informatique Delcourt", "hardware"),
    Supplier("Atelier Brénac Mobilier", "furniture"),
    Supplier("Jeanne Marchal Conseil", "advice", has_vat=False),
    Supplier("Association des Jardins Partagés", "membership", has_vat=False),
    Supplier("Vandermeulen Logistiek NV", "freight", "BE"),
    Supplier("Kessler & Brandt Messebau GmbH", "fair", "DE"),
    Supplier("Messehallen Lindenau GmbH", "fair_local", "DE"),
    Supplier("Talleres Ibarrondo SL", "workshop", "ES"),
    Supplier("Northfork Analytics Inc.", "software", "US", currency="USD"),
    Supplier("Harrow & Pike Research Ltd", "consulting", "GB", currency="GBP"),
    Supplier("Alpstein Beratung AG", "consulting", "CH", currency="CHF"),
    Supplier("Hotel Rhonequai AG", "hotel_ch", "CH", currency="CHF"),
)
# Drafts of suppliers, which have no id in Lucca.
DRAFT_SUPPLIERS = ("Food-truck Chez Pépette", "Fleurs du Canal")

# Euros for one unit, about as in 2026.
EUROS = {"USD": (0.84, 0.93), "GBP": (1.13, 1.18), "CHF": (1.04, 1.08)}

COST_CENTERS = ("Siège", "Commerce", "Production", "Recherche", "Support client")
ESTABLISHMENTS = ("Paris", "Lyon", "Nantes")
DEPARTMENTS = ("Direction", "Ventes", "Technique", "Ressources humaines")
PROJECTS = ("Refonte du site", "Export 2026", "Usine verte")
CONTACTS = (("Hélène", "Caradec"), ("Rémi", "Fontanel"), ("Sarah", "Belkacem"))

NUMBERS = (
    "FA-{year}-{n:05d}",
    "{year}/{month:02d}/{n:04d}",
    "F{n:06d}",
    "{n}",
    "INV-{year}{n:05d}",
)
EXTRA_FILES = (
    "bon de livraison n° {n}.pdf",
    "Détail des prestations {n}.pdf",
    "reçu photographié {n}.png",
    "RE Facture à régler {n}.eml",
    "relevé d'heures {n}.docx",
)
WAITING = {
    "Invoice": ("ToReview", "PendingBreakdown", "Litigation", "ToReview", "Bypassed", "Discarded"),
    "CreditNote": ("ToReview", "Partial"),
}
