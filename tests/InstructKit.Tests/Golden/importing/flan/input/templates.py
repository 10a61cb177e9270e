# Patterns in our own wording, in the form of FLAN's file.
"""Templates."""

import os
from typing import (
    Dict, List)

LIMIT = 10

PATTERNS: Dict[str, List] = {
    "tide": [
        ("{report}\n\nIs the tide rising in \"{harbour}\"?\n{options_}", "{answer}"),
        ('Report: {report}n\nDoes the water at {harbour} rise?\n\n{options_}', '{answer}'),
        ("""Someone asks about {harbour}.
{report}
What do you say?
{options_}""", "{answer}"),
        (
            # joined, as Python joins neighbours
            "{report}\n"
            "Rising or falling? "
            '{options_}',
            "{answer}",
        ),
        ["{report}\\nRising?\n{options_}", "{answer}"],
        ("Think of a harbour report.", "{report}"),
        ("Which harbour is this about?\n\n{report}", "{harbour}"),
        ("Write a report for {harbour} in which the answer is \x27{answer}\u0027.", "{report}"),
        ("{report}\n\nIs the tide rising in \"{harbour}\"?\n{options_}", "{answer}"),
        ("{report} \u00fcber {harbour}?\t{options_}  ", u"{answer}"),
    ],
    'subject line': [
        (r"Mail: {body}\n", "{subject}"),
        ("{body}\nSubject:", "{subject}"),
        ("Write about {subject}.", "{body}"),
    ],
    "three": [("a {x}", "{y}", "{z}"), ("b {x}", "{y}")],
    "fewshot": {"inputs": "{x}"},
    7: [("{x}", "{y}")],
    "subject-line": [("{x}", "{y}")],
}

for key in PATTERNS:
    PATTERNS[key].append(("{x}", "{y}"))
