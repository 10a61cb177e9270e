using System.Text.RegularExpressions;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>Evaluates texts known without a row: patterns of <c>str.format</c>, and text methods.</summary>
internal static partial class PythonFormat
{
    /// <summary>A text, or a field with its name or number and its format.</summary>
    public readonly record struct Piece(string? Text, string? Name, int Index, string Format);

    [GeneratedRegex(@"\{\{|\}\}|\{(?<name>[^{}.[!:]*)(?::(?<format>[^{}]*))?\}|(?<other>[{}])")]
    private static partial Regex Brace { get; }

    /// <summary>The pieces of a pattern; null for one with attributes, items, conversions or fields in formats.</summary>
    public static IReadOnlyList<Piece>? TryParse(string pattern)
    {
        List<Piece> pieces = [];
        var (next, from) = (0, 0);
        var text = new StringBuilder();
        foreach (Match brace in Brace.Matches(pattern))
        {
            if (brace.Groups["other"].Success) return null;

            text.Append(pattern, from, brace.Index - from);
            from = brace.Index + brace.Length;
            if (brace.Groups["name"] is not { Success: true, Value: var name })
            {
                text.Append(brace.Value[0]);
                continue;
            }

            AddText();
            var isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
            pieces.Add(new Piece(null, name.Length == 0 || isNumber ? null : name, isNumber ? index : next++, brace.Groups["format"].Value));
        }

        text.Append(pattern, from, pattern.Length - from);
        AddText();
        return pieces;

        void AddText()
        {
            if (text.Length > 0) pieces.Add(new Piece(text.ToString(), null, 0, string.Empty));

            text.Clear();
        }
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
