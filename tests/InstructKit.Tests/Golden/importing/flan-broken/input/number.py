PATTERNS = {
    "a": [("\x4", "{y}")],
