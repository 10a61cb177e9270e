namespace InstructKit.Authoring.Importing.Python;

/// <summary>Evaluates texts known without a row: patterns of <c>str.format</c>, and text methods.</summary>
internal static class PythonFormat
{
    /// <summary>A text, or a field with its name or number and its format.</summary>
    public readonly record struct Piece(string? Text, string? Name, int Index, string Format);

    /// <summary>The pieces of a pattern; null for one with attributes, items, conversions or fields in formats.</summary>
    public static IReadOnlyList<Piece>? TryParse(string pattern)
    {
        List<Piece> pieces = [];
        var next = 0;
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var letter = pattern[i];
            if (letter is not ('{' or '}'))
            {
                text.Append(letter);
                continue;
            }

            if (i + 1 < pattern.Length && pattern[i + 1] == letter)
            {
                text.Append(letter);
                i++;
                continue;
            }

            var end = letter == '{' ? pattern.IndexOf('}', i) : -1;
            if (end < 0) return null;

            var field = pattern[(i + 1)..end];
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            var (name, format) = colon < 0 ? (field, string.Empty) : (field[..colon], field[(colon + 1)..]);
            if (name.AsSpan().ContainsAny("{.[!") || format.Contains('{', StringComparison.Ordinal)) return null;

            if (text.Length > 0) pieces.Add(new Piece(text.ToString(), null, 0, string.Empty));

            text.Clear();
            var isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
            pieces.Add(new Piece(null, name.Length == 0 || isNumber ? null : name, isNumber ? index : next++, format));
            i = end;
        }

        if (text.Length > 0) pieces.Add(new Piece(text.ToString(), null, 0, string.Empty));

        return pieces;
    }

    /// <summary>Result of a method on a known text with known arguments; null if left to the template language.</summary>
    public static PythonMeaning? TryFold(string text, string method, IReadOnlyList<PythonMeaning> arguments)
    {
        // The case of other letters needs tables that only the template language has.
        var isAscii = text.All(char.IsAscii);
        return (method, arguments) switch
        {
            ("lower", []) when isAscii => new PythonMeaning.Constant(text.ToLowerInvariant()),
            ("upper", []) when isAscii => new PythonMeaning.Constant(text.ToUpperInvariant()),
            ("strip", []) => new PythonMeaning.Constant(PythonSpace.Strip(text)),
            ("replace", [PythonMeaning.Constant { Value: string { Length: > 0 } old }, PythonMeaning.Constant { Value: string made }]) =>
                new PythonMeaning.Constant(text.Replace(old, made, StringComparison.Ordinal)),
            ("split", [PythonMeaning.Constant { Value: string { Length: > 0 } by }]) =>
                new PythonMeaning.Sequence([.. text.Split(by, StringSplitOptions.None).Select(part => new PythonMeaning.Constant(part))]),
            _ => null,
        };
    }
}
