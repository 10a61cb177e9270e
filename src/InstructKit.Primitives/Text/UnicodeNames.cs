using System.IO.Compression;
using System.Reflection;

namespace InstructKit.Text;

/// <summary>Characters by their names in Unicode 14.0, as Python 3.11's <c>\N{…}</c> finds them; read at first use from the resource that
/// <c>unicode_names.py</c> writes.</summary>
internal static class UnicodeNames
{
    private const string Resource = "unicode-names-14.0.bin";
    private const string Ideograph = "CJK UNIFIED IDEOGRAPH-";
    private const string Syllable = "HANGUL SYLLABLE ";

    // The parts of Hangul syllables in numeric order (The Unicode Standard 14.0, section 3.12).
    private static readonly string[] Leading = "G,GG,N,D,DD,R,M,B,BB,S,SS,,J,JJ,C,K,T,P,H".Split(',');
    private static readonly string[] Vowels = "A,AE,YA,YAE,EO,E,YEO,YE,O,WA,WAE,OE,YO,U,WEO,WE,WI,YU,EU,YI,I".Split(',');
    private static readonly string[] Trailing = ",G,GG,GS,N,NJ,NH,D,L,LG,LM,LB,LS,LT,LP,LH,M,B,BS,S,SS,NG,J,C,K,T,P,H".Split(',');

    private static readonly Lazy<string[]> Lines = new(() =>
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!; // embedded by the project file
        using var reader = new StreamReader(new ZLibStream(resource, CompressionMode.Decompress), Encoding.ASCII);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    });

    /// <summary>The character with a name, ignoring case; null when there is none.</summary>
    public static Rune? Find(string name)
    {
        if (name.StartsWith(Ideograph, StringComparison.Ordinal)) return FindIdeograph(name.AsSpan(Ideograph.Length));
        if (name.StartsWith(Syllable, StringComparison.Ordinal)) return FindSyllable(name[Syllable.Length..]);
        var code = 0;
        foreach (var line in Lines.Value)
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            code += int.Parse(line.AsSpan(0, blank), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (line.Length - blank - 1 == name.Length && line.AsSpan(blank + 1).Equals(name, StringComparison.OrdinalIgnoreCase)) return new Rune(code);
        }

        return null;
    }

    private static Rune? FindIdeograph(ReadOnlySpan<char> digits)
    {
        if (digits.Length is not (4 or 5) || digits.ContainsAnyInRange('a', 'f')) return null;
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return null;
        var exists = code is >= 0x3400 and <= 0x4dbf or >= 0x4e00 and <= 0x9fff or >= 0x20000 and <= 0x2a6df or >= 0x2a700 and <= 0x2b738
            or >= 0x2b740 and <= 0x2b81d or >= 0x2b820 and <= 0x2cea1 or >= 0x2ceb0 and <= 0x2ebe0 or >= 0x30000 and <= 0x3134a;
        return exists ? new Rune(code) : null;
    }

    private static Rune? FindSyllable(string name)
    {
        for (var l = 0; l < Leading.Length; l++)
        {
            if (!name.StartsWith(Leading[l], StringComparison.Ordinal)) continue;
            for (var v = 0; v < Vowels.Length; v++)
            {
                var start = Leading[l] + Vowels[v];
                if (!name.StartsWith(start, StringComparison.Ordinal)) continue;
                var t = Array.IndexOf(Trailing, name[start.Length..]);
                if (t >= 0) return new Rune(0xac00 + (((l * Vowels.Length) + v) * Trailing.Length) + t);
            }
        }

        return null;
    }
}
