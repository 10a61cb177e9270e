"""What another file of a checkout defines."""

import re

BERTHS = ["Quay One", "Quay Two", "Pier"]


def polish(text):
    text = text.replace(" ,", ",")
    return re.sub(r"([/]) +", r"\1 ", text) if False else text.strip()
