using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using InstructKit.Templates;

namespace InstructKit.Screening;

/// <summary>Computes a key that identifies a row in any dataset: from its long texts other than the answer, without their column names and order.
/// Texts are equal if they differ only in case, compatibility characters, composition and white space. The key of a row without a long text covers all its values.
/// One per worker.</summary>
internal sealed class RowKey
{
    /// <summary>Length in code points (normalized) from which on a text is long: shorter ones, such as a name or a city, are shared by different rows.</summary>
    public const int LongCharacters = 20;

    private static readonly SearchValues<byte> ControlSpaces = SearchValues.Create("\t\n\v\f\r\u001C\u001D\u001E\u001F"u8);

    private readonly ArrayBufferWriter<byte> _folded = new(1 << 10);
    private readonly List<UInt128> _parts = [];
    private byte[] _plain = [];

    /// <summary>The key of the loaded row.</summary>
    public UInt128 Of(RowEvaluator row)
    {
        _parts.Clear();
        for (var column = 0; column < row.ColumnCount; column++)
        {
            if (row.TryGetText(column, out var text, out var escaped) && text.Length >= LongCharacters && Fold(text, escaped) >= LongCharacters)
                _parts.Add(XxHash128.HashToUInt128(_folded.WrittenSpan));
        }

        // The answer's text may be in a column of any name, or in none.
        for (var i = 0; _parts.Count > 0 && row.TryGetAnswer(i, out var answer); i++)
        {
            if (answer.Length >= LongCharacters && Fold(answer, escaped: false) >= LongCharacters) _parts.Remove(XxHash128.HashToUInt128(_folded.WrittenSpan));
        }

        return _parts.Count == 0 ? OfAll(row) : Join();
    }

    private UInt128 OfAll(RowEvaluator row)
    {
        for (var column = 0; column < row.ColumnCount; column++)
        {
            if (row.TryGetText(column, out var text, out var escaped)) Fold(text, escaped);
            else Fold(row.PrintedValue(column), escaped: false);

            if (_folded.WrittenCount > 0) _parts.Add(XxHash128.HashToUInt128(_folded.WrittenSpan));
        }

        return Join();
    }

    private UInt128 Join()
    {
        if (_parts.Count > 1) _parts.Sort();

        var parts = CollectionsMarshal.AsSpan(_parts);
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(parts, parts);

        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(parts));
    }

    // Leaves the normalized text in the buffer; returns its length in characters.
    private int Fold(ReadOnlySpan<byte> text, bool escaped)
    {
        if (escaped)
        {
            if (_plain.Length < text.Length) _plain = new byte[Math.Max(text.Length, _plain.Length * 2)];
            text = _plain.AsSpan(0, JsonEscapes.Unescape(text, _plain));
        }

        _folded.ResetWrittenCount();
        var lower = _folded.GetSpan(text.Length);
        if (Ascii.ToLower(text, lower, out var letters) == OperationStatus.Done)
        {
            if (!IsCollapsed(lower[..letters])) letters = CollapseSpaces(lower[..letters], out _);

            _folded.Advance(letters);
            return letters;
        }

        UnicodeForms.AppendCaselessKey(text, _folded);
        var key = MemoryMarshal.AsMemory(_folded.WrittenMemory).Span;
        var length = CollapseSpaces(key, out var characters);
        _folded.ResetWrittenCount();
        _folded.Advance(length);
        return characters;
    }

    // CollapseSpaces has nothing to do in ASCII text, as in most texts.
    private static bool IsCollapsed(ReadOnlySpan<byte> text) =>
        text is not ([(byte)' ', ..] or [.., (byte)' ']) && !text.ContainsAny(ControlSpaces) && text.IndexOf("  "u8) < 0;

    // In place: a run of white space becomes one blank, and is removed at the ends. After NFKC, Unicode's white space is ASCII except for a few rare separators.
    private static int CollapseSpaces(Span<byte> text, out int characters)
    {
        var to = 0;
        characters = 0;
        var pending = false;
        for (var from = 0; from < text.Length; from++)
        {
            var letter = text[from];
            if (letter is (byte)' ' or (>= 9 and <= 13) or (>= 28 and <= 31))
            {
                pending = to > 0;
                continue;
            }

            var separator = SeparatorLength(text[from..]);
            if (separator > 0)
            {
                pending = to > 0;
                from += separator - 1;
                continue;
            }

            if (pending)
            {
                text[to++] = (byte)' ';
                characters++;
                pending = false;
            }

            text[to++] = letter;
            if ((letter & 0xC0) != 0x80) characters++;
        }

        return to;
    }

    // U+0085, U+1680, U+2028 and U+2029; NFKC maps the other spaces to blanks.
    private static int SeparatorLength(ReadOnlySpan<byte> text) => text[0] switch
    {
        0xC2 => text.StartsWith("\u0085"u8) ? 2 : 0,
        0xE1 => text.StartsWith("\u1680"u8) ? 3 : 0,
        0xE2 => text.StartsWith("\u2028"u8) || text.StartsWith("\u2029"u8) ? 3 : 0,
        _ => 0,
    };
}
