"""Names as they are heard in a Dutch city, of families from near and far. All people are made up from them."""

import re
import unicodedata
from typing import NamedTuple

from sandbox.city.chance import Chance


class Heritage(NamedTuple):
    """Names of one background: given names of women and of men, and family names."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def _heritage(women: str, men: str, families: str) -> Heritage:
    return Heritage(tuple(women.split()), tuple(men.split()), tuple(name.strip() for name in families.split(",")))


HERITAGES: dict[str, Heritage] = {
    "dutch": _heritage(
        "Anouk Marieke Sanne Femke Lotte Inge Willemijn Esther Manon Nienke Roos Judith Hanneke Petra Sjoukje Ilse",
        "Daan Jeroen Bas Maarten Sander Thijs Wouter Rik Gerrit Niels Joost Koen Hendrik Ruben Teun Jelle",
        "de Vries, van den Berg, Bakker, Visser, Smit, Meijer, de Boer, Mulder, van Leeuwen, Dijkstra, Hoekstra,"
        " van der Meulen, Postma, Kuipers, Schouten, van Vliet, Brouwer, Terpstra, Wiersma, van der Linden, Hofman,"
        " van Beek, Kuiper, Zijlstra, Blom, van der Wal, Molenaar, Timmermans, Noordhoek, van Rijswijk",
    ),
    "surinamese": _heritage(
        "Shanti Priya Cheryl Xaviera Soraya Ludmila Farida Jennifer",
        "Radjesh Winston Dwight Kenneth Orlando Ashwin Humphrey Clyde",
        "Ramdin, Kartosen, Pinas, Esajas, Biharie, Wijdenbosch, Sewnarain, Tjon A Fat, Landveld, Jagesar",
    ),
    "antillean": _heritage(
        "Shurandy Marugia Charlène Zuleika Jeanine Sharine",
        "Gregory Jurensley Rignald Elton Quincy Roderick",
        "Martina, Rosalia, Maduro, Croes, Winklaar, Sillé, Cijntje, Isenia",
    ),
    "moroccan": _heritage(
        "Fatima Naima Samira Khadija Loubna Hanane Ikram Nora",
        "Youssef Mohamed Bilal Rachid Anouar Hamza Soufian Karim",
        "El Idrissi, Bouzid, Amrani, El Khattabi, Benali, Ouali, Azzouzi, Chaara, Haddou, Boukhris",
    ),
    "turkish": _heritage(
        "Elif Zeynep Ayşe Meryem Gülşen Esra Sibel",
        "Emre Mehmet Kerem Yusuf Hakan Serkan Murat",
        "Yıldız, Kaya, Demir, Şahin, Öztürk, Arslan, Kılıç, Aydın, Polat",
    ),
    "syrian": _heritage(
        "Rima Hala Nour Lamis Yara Dima",
        "Omar Khaled Basel Anas Majd Tarek",
        "Al-Hassan, Darwish, Haddad, Al-Masri, Kassab, Sabbagh, Najjar",
    ),
    "horn_of_africa": _heritage(
        "Selam Hodan Rahel Amina Feven Yordanos",
        "Yonas Abdi Filmon Mohamud Tesfay Samuel",
        "Tekle, Haile, Abdullahi, Gebremariam, Warsame, Kidane, Jama",
    ),
    "eastern_european": _heritage(
        "Agnieszka Katarzyna Oksana Ioana Magda Daria",
        "Piotr Tomasz Andriy Radu Marek Bogdan",
        "Kowalska-Nowak, Wiśniewski, Zieliński, Shevchenko, Popescu, Lewandowski, Bondarenko",
    ),
    "other": _heritage(
        "Maria Leila Mei Ama Shirin Thandi",
        "Carlos Dariush Wei Kwame Farhad Tuan",
        "Nguyen, Hosseini, Mensah, Fernandes, Zhang, Rahimi, Osei, da Silva",
    ),
}

IN_CARE = {
    "dutch": 0.52,
    "surinamese": 0.12,
    "antillean": 0.07,
    "moroccan": 0.08,
    "turkish": 0.06,
    "syrian": 0.05,
    "horn_of_africa": 0.04,
    "eastern_european": 0.03,
    "other": 0.03,
}
"""Assumed shares of backgrounds among people who leave an institution in a city such as Almere."""


PREFIXES = ("van der", "van den", "van", "de", "da")
"""What stands before some of these family names (voorvoegsel), the longest first."""


class Name(NamedTuple):
    """A given name and a family name."""

    given: str
    family: str

    def __str__(self) -> str:
        return f"{self.given} {self.family}"

    def parts(self) -> dict[str, str]:
        """Return the name in its parts, as a referral tells them."""
        prefix = next((one for one in PREFIXES if self.family.startswith(f"{one} ")), "")
        surname = self.family[len(prefix) :].strip()
        return {"firstNames": self.given, **({"prefix": prefix} if prefix else {}), "surname": surname}

    @property
    def address(self) -> str:
        """The part of a mail address before the @: plain letters and dots."""
        plain = unicodedata.normalize("NFKD", str(self).replace("ı", "i")).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", ".", plain).strip(".")


def name_of(chance: Chance, women: float = 0.5) -> Name:
    """Draw a name; `women` is the share of women's names."""
    heritage = HERITAGES[chance.pick(IN_CARE, "heritage")]
    given = heritage.women if chance.happens(women, "woman") else heritage.men
    return Name(chance.one_of(given, "given"), chance.one_of(heritage.families, "family"))


def phone_number(n: int) -> str:
    """Return a telephone number after the pattern of the well-known example number 06 12345678."""
    return f"0612345{n % 1000:03}"
