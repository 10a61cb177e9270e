PATTERNS = {
    "a": [(f"{x}", "{y}")],
}
