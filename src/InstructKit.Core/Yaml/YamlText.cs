using System.Text.RegularExpressions;

namespace InstructKit.Yaml;

/// <summary>Writes a text in YAML so that it is read back unchanged.</summary>
internal static partial class YamlText
{
    // Anything that some reader treats as null, a boolean or a number must not be plain where a text is meant.
    private static readonly string[] Reserved = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"];

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*\z")]
    private static partial Regex PlainWords { get; }

    [GeneratedRegex(@"\A(?:true|false|null|[+-]?[0-9][0-9_.eE+-]*|[A-Za-z_][A-Za-z0-9_./+-]*)\z")]
    private static partial Regex BareWord { get; }

    /// <summary>True when a text may be written without quotes.</summary>
    public static bool IsPlain(string text) => PlainWords.IsMatch(text) && !Reserved.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a scalar that may be plain: a word, a number, true or false.</summary>
    public static bool IsBare(string word) => BareWord.IsMatch(word);

    /// <summary>A text on one line, plain or in double quotes.</summary>
    public static string Inline(string text) => IsPlain(text) ? text : Quoted(text);

    /// <summary>A scalar of another file on one line.</summary>
    public static string Inline(YamlScalar scalar) => scalar.IsNull ? "null" : scalar.Plain && IsBare(scalar.Text) ? scalar.Text : Inline(scalar.Text);

    /// <summary>A text with everything that a comment cannot contain replaced by blanks.</summary>
    public static string Printable(string text) => string.Concat(text.Select((letter, i) => NeedsEscape(text, i) ? ' ' : letter));

    /// <summary>A list on one line.</summary>
    public static string Brackets(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } parts ? $"[ {parts} ]" : "[]";

    /// <summary>True when a literal block keeps the text: trailing blanks, characters that cannot be printed and outer blank lines do not fit.</summary>
    public static bool FitsBlock(string text)
    {
        if (text.Length == 0 || text.EndsWith("\n\n", StringComparison.Ordinal) || text[0] is '\n' or ' ' or '\t') return false;

        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : '\n';
            switch (text[i])
            {
                case '\n' when next == '\t':
                case ' ' or '\t' when next == '\n': return false;
                case '\n' or '\t': break;
                case var letter when NeedsEscape(text, i): return false;
            }
        }

        return true;
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            switch (letter)
            {
                case '"' or '\\': quoted.Append('\\').Append(letter); break;
                case '\n': quoted.Append("\\n"); break;
                case '\r': quoted.Append("\\r"); break;
                case '\t': quoted.Append("\\t"); break;
                case < '\u0100' when NeedsEscape(text, i): quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"); break;
                case var _ when NeedsEscape(text, i): quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"); break;
                default: quoted.Append(letter); break;
            }
        }

        return quoted.Append('"').ToString();
    }

    // Control characters, other line ends (U+0085, U+2028, U+2029), the byte order mark, non-characters.
    private static bool NeedsEscape(string text, int i) => text[i] switch
    {
        < ' ' or (>= '\u007f' and <= '\u009f') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' => true,
        var letter when char.IsHighSurrogate(letter) => i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]),
        var letter when char.IsLowSurrogate(letter) => i == 0 || !char.IsHighSurrogate(text[i - 1]),
        _ => false,
    };
}
