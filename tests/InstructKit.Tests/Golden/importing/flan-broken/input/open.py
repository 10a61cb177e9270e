PATTERNS = {
    "a": [("{x}, "{y}")],
}
