"""Names, places and departments of the invented company, and unique identifiers made from them."""

import unicodedata

GIVEN_NAMES = [
    "Amélie", "Anna", "Arjun", "Astrid", "Aylin", "Björn", "Camille", "Chidi", "Chloé", "Dimitris", "Eilidh", "Elif", "Emre",
    "Fatima", "Federico", "Femi", "Freja", "Grace", "Günther", "Hana", "Hiroshi", "Ingrid", "Ivana", "Jakub", "James", "Joana",
    "João", "José", "Jürgen", "Kaito", "Kateřina", "Lars", "Layla", "Liam", "Linnéa", "Łukasz", "Mahmoud", "Małgorzata", "María",
    "Mei", "Mia", "Mikołaj", "Ngozi", "Niamh", "Noah", "Núria", "Olga", "Oliver", "Özlem", "Pavel", "Priya", "Rafael", "Renée",
    "Rosa", "Santiago", "Sean", "Siobhán", "Sofía", "Sören", "Svetlana", "Tamás", "Thomas", "Tomáš", "Valentina", "Vikram",
    "Wei", "Xenia", "Yara", "Yusuf", "Zoë",
]

FAMILY_NAMES = [
    "Abebe", "Ångström", "Bauer", "Bianchi", "Brown", "Çelik", "Cohen", "Dąbrowski", "da Silva", "de Vries", "Dubois", "Duran",
    "Eriksson", "Fernández", "Fischer", "García", "Gómez-Ruiz", "Großmann", "Haddad", "Håkansson", "Horváth", "Ivanova",
    "Jansen", "Johnson", "Kapoor", "Kim", "Kowalska", "Köhler", "Lefèvre", "Li", "MacDonald", "Marić", "Martin", "Mendoza",
    "Müller", "Nakamura", "Nguyen", "Nielsen", "Novák", "O'Brien", "Okafor", "Olsen", "Østergaard", "Papadopoulos", "Patel",
    "Pérez", "Petrov", "Popescu", "Rossi", "Sánchez", "Schäfer", "Schmidt", "Sharma", "Smith", "Şahin", "Svensson", "Tanaka",
    "Thompson", "Tóth", "van den Berg", "Virtanen", "Walsh", "Weiß", "Wójcik", "Yılmaz", "Zhang", "Žižek",
]

# (department, titles)
DEPARTMENTS = [
    ("Sales", ["Account Manager", "Sales Engineer", "Inside Sales Representative"]),
    ("Research & Development", ["Software Engineer", "Test Engineer", "Architect", "Scientist"]),
    ("Finance", ["Accountant", "Controller", "Treasury Analyst"]),
    ("Human Resources", ["Recruiter", "HR Business Partner"]),
    ("Information Technology", ["System Administrator", "Service Desk Agent", "Network Engineer"]),
    ("Legal", ["Counsel", "Paralegal"]),
    ("Operations, EMEA", ["Operations Manager", "Logistics Planner", "Buyer"]),
    ("Marketing", ["Content Editor", "Campaign Manager"]),
]

# (city, ISO 3166 alpha-2, country, ISO 3166 numeric, dialling prefix, street, postal code, state)
PLACES = [
    ("Berlin", "DE", "Germany", 276, "+49 30", "Invalidenstraße 44", "10115", "Berlin"),
    ("London", "GB", "United Kingdom", 826, "+44 20", "10 Fenchurch Street", "EC3M 3BD", "England"),
    ("Oslo", "NO", "Norway", 578, "+47 22", "Karl Johans gate 5", "0154", "Oslo"),
    ("Austin", "US", "United States", 840, "+1 512", "600 Congress Ave", "78701", "TX"),
    ("Kraków", "PL", "Poland", 616, "+48 12", "ul. Floriańska 3", "31-019", "Małopolskie"),
    ("São Paulo", "BR", "Brazil", 76, "+55 11", "Avenida Paulista 1000", "01310-100", "SP"),
    ("Singapore", "SG", "Singapore", 702, "+65 6", "1 Raffles Place", "048616", ""),
    ("Zürich", "CH", "Switzerland", 756, "+41 44", "Bahnhofstrasse 12", "8001", "ZH"),
]

# Letters without a canonical decomposition.
SPECIAL_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "æ": "ae", "đ": "d"})

SAM_ACCOUNT_NAME_LIMIT = 20


def ascii_form(text):
    """Lower-case ASCII letters and digits of a name, words joined: `van den Berg` becomes `vandenberg`."""
    decomposed = unicodedata.normalize("NFKD", text.translate(SPECIAL_LETTERS))
    return "".join(letter for letter in decomposed.lower() if letter.isascii() and letter.isalnum())


class UniqueNames:
    """Hands out a name once, compared without case; later requests get a number before the optional limit."""

    def __init__(self):
        self.taken = {}

    def claim(self, wanted, limit=None, separator=""):
        key = wanted.lower()
        count = self.taken.get(key, 0)
        while True:
            count += 1
            tail = "" if count == 1 else separator + str(count)
            candidate = (wanted if limit is None else wanted[: limit - len(tail)]) + tail
            if candidate.lower() == key or candidate.lower() not in self.taken:
                break
        self.taken[key] = count
        self.taken.setdefault(candidate.lower(), 1)
        return candidate


def dn_value(text):
    """Escapes a value for use in a distinguished name (RFC 4514, 2.4)."""
    escaped = "".join("\\" + letter if letter in ',+"\\<>;=' else letter for letter in text)
    return "\\" + escaped if escaped[:1] in ("#", " ") else escaped
