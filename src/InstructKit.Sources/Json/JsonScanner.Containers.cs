namespace InstructKit.Sources.Json;

/// <content>Arrays and objects within a value.</content>
internal ref partial struct JsonScanner
{
    // One loop and a bit per level instead of recursion: the depth of the input must not become the depth of the stack.
    private bool Container(int depth)
    {
        Span<ulong> objects = stackalloc ulong[(_rules.MaxDepth + 63) >> 6];
        var open = 0;
        _rules.Keys.Clear();
        while (true)
        {
            if (depth + open >= _rules.MaxDepth)
                return Fail(string.Create(CultureInfo.InvariantCulture, $"nested deeper than {_rules.MaxDepth} levels (--max-json-depth)"), SourceCodes.LimitExceeded);

            var isObject = _text[Position++] == '{';
            var bit = 1UL << (open & 63);
            objects[open >> 6] = isObject ? objects[open >> 6] | bit : objects[open >> 6] & ~bit;
            open++;
            SkipSpace();
            if (!TryPass(isObject ? (byte)'}' : (byte)']'))
            {
                if (isObject && !FirstKey()) return false;

                if (Peek is (byte)'{' or (byte)'[') continue;

                if (!Simple()) return false;
            }
            else if (--open == 0)
            {
                return true;
            }

            if (!AfterValue(objects, ref open, out var nested)) return false;

            if (!nested) return true;
        }
    }

    // Continues after a value until the outermost container is closed (nested is false) or another one opens.
    private bool AfterValue(scoped Span<ulong> objects, ref int open, out bool nested)
    {
        nested = false;
        while (true)
        {
            var isObject = (objects[(open - 1) >> 6] >> ((open - 1) & 63) & 1) != 0;
            SkipSpace();
            if (TryPass((byte)','))
            {
                SkipSpace();
                if (isObject && !Key()) return false;

                if (Peek is (byte)'{' or (byte)'[')
                {
                    nested = true;
                    return true;
                }

                if (!Simple()) return false;
            }
            else if (TryPass(isObject ? (byte)'}' : (byte)']'))
            {
                if (isObject && !LastKey()) return false;

                if (--open == 0) return true;
            }
            else
            {
                return Fail(isObject ? "expected ',' or '}'" : "expected ',' or ']'");
            }
        }
    }

    private bool Simple() => Peek == '"' ? String(out _, out _) : Scalar(out _);

    private bool FirstKey()
    {
        if (_checksKeys) _rules.Keys.Open();

        return Key();
    }

    private bool Key()
    {
        if (Peek != '"') return Fail("expected a key in quotes");

        var start = Position + 1;
        return String(out var escaped, out _) && (!_checksKeys || _rules.Keys.Add(_text, start, Position - 1 - start, escaped) || Doubled(start)) && Colon();
    }

    // The object is closed: with many keys a repeated one is only found now.
    private bool LastKey() => !_checksKeys || _rules.Keys.Close(_text) is not (>= 0 and var start) || Doubled(start);

    private bool Doubled(int start)
    {
        if (_rules.TakesLastOfDuplicateKeys)
        {
            _doubled = true;
            return true;
        }

        Position = start - 1;
        var key = _text[start..];
        return FailDoubled(key[..KeyLength(key)]);
    }

    // The key is a valid string, whose end is the first quote that is not escaped.
    private static int KeyLength(ReadOnlySpan<byte> key)
    {
        var end = 0;
        while (key[end] != '"') end += key[end] == '\\' ? 2 : 1;

        return end;
    }

    /// <summary>Handles a duplicate key: an error at the current position, unless the last value wins.</summary>
    public bool TakeDoubled(ReadOnlySpan<byte> key)
    {
        if (!_rules.TakesLastOfDuplicateKeys) return FailDoubled(key);

        _doubled = true;
        return true;
    }

    private bool FailDoubled(ReadOnlySpan<byte> key) => Fail($"the key '{Encoding.UTF8.GetString(key)}' occurs twice in one object", SourceCodes.DuplicateKey);
}
