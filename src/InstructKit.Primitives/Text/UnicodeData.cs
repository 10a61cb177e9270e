using System.Reflection;

namespace InstructKit.Text;

/// <summary>Character data of Unicode 14.0 as Python 3.11 has it, the reference for Jinja2's semantics; decoded at first use from the resource that
/// <c>unicode_tables.py</c> writes.</summary>
internal static class UnicodeData
{
    private const string Resource = "unicode-14.0.bin";

    private static readonly Tables Loaded = Tables.Load();

    // Sets: flat lists of first and last code point, ascending.
    public static ReadOnlySpan<int> NotPrintable => Loaded.Sets[0];

    public static ReadOnlySpan<int> Alphabetic => Loaded.Sets[1];

    public static ReadOnlySpan<int> Digit => Loaded.Sets[2];

    public static ReadOnlySpan<int> Decimal => Loaded.Sets[3];

    public static ReadOnlySpan<int> Numeric => Loaded.Sets[4];

    public static ReadOnlySpan<int> IdentifierStart => Loaded.Sets[5];

    public static ReadOnlySpan<int> IdentifierPart => Loaded.Sets[6];

    public static ReadOnlySpan<int> Lower => Loaded.Sets[7];

    public static ReadOnlySpan<int> Upper => Loaded.Sets[8];

    public static ReadOnlySpan<int> Title => Loaded.Sets[9];

    /// <summary>Cased characters, as defined by the rule for the final sigma.</summary>
    public static ReadOnlySpan<int> Cased => Loaded.Sets[10];

    /// <summary>Case-ignorable characters, which the rule for the final sigma skips.</summary>
    public static ReadOnlySpan<int> CaseIgnorable => Loaded.Sets[11];

    /// <summary>The mapping of a character beyond ASCII; empty when it is unchanged. The caller handles the final sigma.</summary>
    public static ReadOnlySpan<int> Map(CaseMapping mapping, int code) => Loaded.Maps[(int)mapping].Find(code);

    private sealed record Tables(int[][] Sets, CaseMap[] Maps)
    {
        private const int SetCount = 12;
        private const int MapCount = 4;

        public static Tables Load()
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!; // embedded by the project file
            var data = new byte[stream.Length];
            stream.ReadExactly(data);
            var reader = new Reader(data);
            var sets = new int[SetCount][];
            for (var i = 0; i < sets.Length; i++) sets[i] = reader.ReadRanges();
            var maps = new CaseMap[MapCount];
            for (var i = 0; i < maps.Length; i++) maps[i] = reader.ReadMap();
            return new Tables(sets, maps);
        }
    }

    /// <param name="codes">The characters that change, ascending.</param>
    /// <param name="starts">Where the result of each begins, and the end of the last.</param>
    /// <param name="results">All results, concatenated.</param>
    private sealed class CaseMap(int[] codes, int[] starts, int[] results)
    {
        public ReadOnlySpan<int> Find(int code)
        {
            var at = codes.AsSpan().BinarySearch(code);
            return at < 0 ? [] : results.AsSpan(starts[at]..starts[at + 1]);
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private int _at;

        public int[] ReadRanges()
        {
            var ranges = new int[2 * Read()];
            for (var i = 0; i < ranges.Length; i += 2)
            {
                ranges[i] = Read() + (i == 0 ? 0 : ranges[i - 1]);
                ranges[i + 1] = ranges[i] + Read();
            }

            return ranges;
        }

        public CaseMap ReadMap()
        {
            var codes = new int[Read()];
            var starts = new int[codes.Length + 1];
            List<int> results = new(codes.Length + 128);
            for (var i = 0; i < codes.Length; i++)
            {
                codes[i] = Read() + (i == 0 ? 0 : codes[i - 1]);
                for (var left = Read(); left > 0; left--)
                {
                    var zigzag = Read();
                    results.Add(codes[i] + ((zigzag >> 1) ^ -(zigzag & 1)));
                }

                starts[i + 1] = results.Count;
            }

            return new CaseMap(codes, starts, [.. results]);
        }

        private int Read()
        {
            var number = 0;
            for (var shift = 0; ; shift += 7)
            {
                var unit = _data[_at++];
                number |= (unit & 0x7f) << shift;
                if (unit < 0x80) return number;
            }
        }
    }
}

/// <summary>A case mapping of Unicode.</summary>
internal enum CaseMapping
{
    Upper,
    Lower,
    Title,
    Fold,
}
