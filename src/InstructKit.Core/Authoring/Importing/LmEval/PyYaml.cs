using System.Text.RegularExpressions;
using InstructKit.Sources.Files;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>A key that occurs twice in one mapping.</summary>
/// <param name="First">The key whose value is lost.</param>
/// <param name="Last">The key whose value wins.</param>
internal sealed record DuplicateKey(YamlScalar First, YamlScalar Last);

/// <summary>
/// Reads YAML as PyYAML 6 does, where that differs from YAML 1.2: the last of two equal keys wins, quoted texts may continue at the left margin,
/// <c>&lt;&lt;</c> merges, and plain scalars have the types of YAML 1.1.
/// </summary>
internal static partial class PyYaml
{
    [GeneratedRegex(@"\A[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|(?:0|[1-9][0-9_]*)|[1-9][0-9_]*(?::[0-5]?[0-9])+)\z")]
    private static partial Regex Integer { get; }

    [GeneratedRegex(@"\A(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z")]
    private static partial Regex Float { get; }

    /// <summary>Parses a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="duplicates">Receives duplicate keys.</param>
    /// <exception cref="DiagnosticException">It is not YAML (IK20xx), or cannot be read (IK2017).</exception>
    public static YamlMap Load(string path, List<DuplicateKey> duplicates)
    {
        var source = TextFile.Load(path);
        try
        {
            return Merged(YamlFile.Parse(source, (first, last) => duplicates.Add(new DuplicateKey(first, last))));
        }
        catch (DiagnosticException) when (Indented(source.Text) is var text && text != source.Text)
        {
            // Line numbers stay those of the file; only columns of indented lines differ.
            duplicates.Clear();
            return Merged(YamlFile.Parse(SourceText.FromText(source.Name, text), (first, last) => duplicates.Add(new DuplicateKey(first, last))));
        }
    }

    /// <summary>The integer value of a plain scalar, or null.</summary>
    public static long? IntegerOf(YamlScalar scalar)
    {
        var text = scalar.Text;
        if (!scalar.Plain || !Integer.IsMatch(text)) return null;

        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        var sign = digits[0] == '-' ? -1 : 1;
        digits = digits.TrimStart('+', '-');
        try
        {
            return sign * (digits switch
            {
                ['0', 'b', ..] => Convert.ToInt64(digits[2..], 2),
                ['0', 'x', ..] => Convert.ToInt64(digits[2..], 16),
                ['0', _, ..] => Convert.ToInt64(digits, 8),
                _ => digits.Split(':').Aggregate(0L, (sum, part) => checked((sum * 60) + long.Parse(part, CultureInfo.InvariantCulture))),
            });
        }
        catch (Exception failure) when (failure is OverflowException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Python's text of a scalar: integers, floats, booleans and null of YAML 1.1 differ from their written form.</summary>
    public static string Printed(YamlScalar scalar)
    {
        var text = scalar.Text;
        if (!scalar.Plain) return text;

        if (scalar.IsNull) return "None";

        if (text is "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "true" or "True" or "TRUE") return "True";

        if (text is "no" or "No" or "NO" or "off" or "Off" or "OFF" or "false" or "False" or "FALSE") return "False";

        if (IntegerOf(scalar) is { } integer) return integer.ToString(CultureInfo.InvariantCulture);

        if (!Float.IsMatch(text)) return text;

        var plain = text.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
        if (plain.EndsWith("inf", StringComparison.Ordinal)) return plain[0] == '-' ? "-inf" : "inf";

        return plain.EndsWith("nan", StringComparison.Ordinal) ? "nan" : Templating.Values.Value.From(double.Parse(plain, CultureInfo.InvariantCulture)).ToString();
    }

    private static YamlMap Merged(YamlMap map)
    {
        List<YamlEntry> own = [.. map.Entries.Where(entry => !IsMerge(entry)).Select(entry => new YamlEntry(entry.Key, Merged(entry.Value)))];
        foreach (var entry in map.Entries.Where(IsMerge))
        {
            foreach (var other in entry.Value is YamlMap one ? [one] : (entry.Value as YamlList)?.Items.OfType<YamlMap>() ?? [])
                own.AddRange(Merged(other).Entries.Where(inherited => own.TrueForAll(known => known.Key.Text != inherited.Key.Text)));
        }

        return map with { Entries = own };
    }

    private static YamlNode Merged(YamlNode node) => node switch
    {
        YamlMap map => Merged(map),
        YamlList list => list with { Items = [.. list.Items.Select(Merged)] },
        _ => node,
    };

    private static bool IsMerge(YamlEntry entry) => entry.Key is { Plain: true, Text: "<<" };

    /// <summary>The text with continuation lines of quoted scalars indented deeper than their first line, which PyYAML does not require.</summary>
    private static string Indented(string text)
    {
        var result = new StringBuilder(text.Length);
        var atToken = true;
        var indent = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            result.Append(letter);
            if (letter == '\n')
            {
                indent = 0;
                while (i + 1 + indent < text.Length && text[i + 1 + indent] == ' ') indent++;

                atToken = true;
            }
            else if (letter is '"' or '\'' && atToken)
            {
                i = CopyQuoted(text, i, indent, result);
                atToken = false;
            }
            else if (letter == '#' && (i == 0 || text[i - 1] is ' ' or '\n'))
            {
                while (i + 1 < text.Length && text[i + 1] != '\n') result.Append(text[++i]);
            }
            else if (letter is not (' ' or '\t'))
            {
                atToken = letter is '[' or '{' or ',' || (letter is ':' or '-' or '?' && i + 1 < text.Length && text[i + 1] is ' ' or '\n');
            }
        }

        return result.ToString();
    }

    // Copies what follows a quote up to the one that ends the text, and returns where that is.
    private static int CopyQuoted(string text, int start, int indent, StringBuilder result)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            result.Append(text[i]);
            if (text[i] == '\\' && text[start] == '"' && i + 1 < text.Length && text[i + 1] != '\n')
            {
                result.Append(text[++i]);
            }
            else if (text[i] == '\n')
            {
                var blanks = 0;
                while (i + 1 + blanks < text.Length && text[i + 1 + blanks] == ' ') blanks++;

                if (i + 1 + blanks < text.Length && text[i + 1 + blanks] != '\n' && blanks <= indent) result.Append(' ', indent + 1 - blanks);
            }
            else if (text[i] == text[start])
            {
                if (text[start] != '\'' || i + 1 >= text.Length || text[i + 1] != '\'') return i;

                result.Append(text[++i]);
            }
        }

        return text.Length;
    }
}
