"""Names that are keys: by what two sources know that they speak of the same complex, district or attribute."""

import unicodedata

_PLAIN = {"Pd": "-", "Cf": "", "Cc": " "}
"""Every dash is one dash, what is invisible is nothing, and a tab or a line's end is a space."""
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"})


def comparable(name: str) -> str:
    """Return a name as it is compared: without case, width, kind of space, dash and apostrophe.

    `De  Oever` with a no-break space is `De oever`. It is for comparing only: people are shown the name as it was
    written.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.translate(_QUOTES)).casefold())
    plain = "".join(_PLAIN.get(unicodedata.category(letter), letter) for letter in folded)
    return " ".join(plain.split())
