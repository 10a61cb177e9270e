PATTERNS = {
    "rte": [
        ("Someone claims \"{hypothesis}\" after reading this:\n{premise}\nAre they right?\n{options_}", "{answer}"),
        ("Invent a text and a claim.", "{premise}\n{hypothesis}"),
    ],
    "aeslc": [
        ("{body}\n\nName this mail.", "{subject}"),
        ("A mail named {subject}:", "{body}"),
    ],
    "arc": [
        ("{question}\nPick one.\n{options_}", "{answer}"),
    ],
    "anli": [
        ("{context}\nSo {hypothesis}?\n{options_}", "{answer}"),
    ],
}
