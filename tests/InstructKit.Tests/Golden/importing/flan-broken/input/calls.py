PATTERNS = {
    "a": [("{x}".strip(), "{y}")],
}
