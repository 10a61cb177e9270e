# The shape of FLAN's templates.py in words of our own: ten patterns for a key, fields between single braces, options as a block, texts joined over lines.
"""Templates/Prompts."""

# pylint: disable=implicit-str-concat

PATTERNS = {
    "ferry": [
        ("{notice}\n\nFrom this notice, is it so that the ferry sails at \"{time}\"?\n\n{options_}", "{answer}"),
        ("{notice}\n\nIs the next line true by that notice?\n{time}"
         "\n\n{options_}", "{answer}"),
        ("Notice: {notice}\nClaim: {time}\n{options_}\nVerdict:", "{answer}"),
        ("{notice}\n{options_}\nQuestion: does the ferry sail "
         "then?\n{time}", "{answer}"),
        ("Read what the ferry company wrote and decide.\n\n{notice}\n\nTime: "
         "{time}\n{options_}\nDecision", "{answer}"),
        ("{time}... sails?\n{notice} {options_}.... A:", "{answer}"),
        ("Choose.{options_}.\n\n{notice}\n\nSailing: {time}", "{answer}"),
        ("Is it \\ so? {notice}\n\n {time}  \n\n{options_} ", "{answer}"),
        ("Make up a notice and a time.", "Notice: {notice}\n\nTime: {time}"),
        ("Write a notice for which \"{time}\" has the answer {answer}.", "{notice}"),
    ],
    "catch": [
        ("Which fish did {boat} land?\n\n{log}\n\n{options_str}\n\n", "{answer}"),
        ("{log}\n\n{options_str}\n\n", "{answer}"),
        ("{log}???", "{answer}"),
    ],
    # A subject line as in mail tasks, once more at the end.
    "subject": [
        ("Which subject has this letter?\n\n{body}\n\nSubject:", "{subject}"),
        ("{body}\nGive it a subject.", "{subject}"),
        ("Write a letter with the subject \"{subject}\".", "{body}"),
        ("Letter:\n\n{body}Subject:", "\n{subject}"),
        ("{subject} é – \u00fcber", "{body}"),
        ("{body}\nGive it a subject.", "{subject}"),
    ],
}
