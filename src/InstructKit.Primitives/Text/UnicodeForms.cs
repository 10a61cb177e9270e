using System.Buffers;
using System.Buffers.Binary;

namespace InstructKit.Text;

/// <summary>Unicode's normal forms NFC, NFD and NFKC and full case folding over UTF-8. <c>string.Normalize</c> returns its input unchanged under invariant
/// globalization, so the tables are our own: <c>UnicodeForms.bin</c>, written by <c>generate_unicode_forms.py</c>. Bytes that are not UTF-8 become
/// U+FFFD.</summary>
internal static class UnicodeForms
{
    private const int Limit = 0x30000;
    private const byte NotNfc = 1;
    private const byte NotNfkc = 2;

    // Hangul syllables are composed arithmetically (The Unicode Standard, section 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7, Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Lazy<Tables> Data = new(Tables.Load);

    private enum Form
    {
        Canonical,
        Compatible,
    }

    /// <summary>Unicode version of the tables.</summary>
    public static Version Version => Data.Value.Version;

    /// <summary>Appends the text in Normalization Form C.</summary>
    public static void AppendNfc(ReadOnlySpan<byte> text, IBufferWriter<byte> output) => Normalize(text, output, Form.Canonical);

    /// <summary>Appends the text in Normalization Form D.</summary>
    public static void AppendNfd(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        using var work = new Workspace();
        work.Decompose(text, Form.Canonical);
        work.Order();
        work.WriteTo(output);
    }

    /// <summary>Appends the text in Normalization Form KC.</summary>
    public static void AppendNfkc(ReadOnlySpan<byte> text, IBufferWriter<byte> output) => Normalize(text, output, Form.Compatible);

    /// <summary>Appends the text case-folded (CaseFolding.txt, statuses C and F), as Python's <c>str.casefold</c> does.</summary>
    public static void AppendCaseFold(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        Span<byte> buffer = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var ascii = AsciiLength(text);
            if (ascii > 0)
            {
                Ascii.ToLower(text[..ascii], output.GetSpan(ascii), out _);
                output.Advance(ascii);
                text = text[ascii..];
                continue;
            }

            Rune.DecodeFromUtf8(text, out var rune, out var length);
            var folded = Data.Value.Of(rune.Value).Fold;
            output.Write(folded.IsEmpty ? buffer[..rune.EncodeToUtf8(buffer)] : folded);
            text = text[length..];
        }
    }

    /// <summary>Appends a key that is equal for texts that differ only in case, compatibility characters and composition: a compatibility caseless match
    /// (The Unicode Standard, definition D146).</summary>
    public static void AppendCaselessKey(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (AsciiLength(text) == text.Length)
        {
            AppendCaseFold(text, output);
            return;
        }

        ArrayBufferWriter<byte> first = new(text.Length * 2), second = new(text.Length * 2);
        // NFD moves U+0345 after all other marks before folding turns it into a letter.
        AppendNfd(text, first);
        AppendCaseFold(first.WrittenSpan, second);
        first.ResetWrittenCount();
        AppendNfkc(second.WrittenSpan, first);
        second.ResetWrittenCount();
        AppendCaseFold(first.WrittenSpan, second);
        AppendNfkc(second.WrittenSpan, output);
    }

    private static int AsciiLength(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
        return length < 0 ? text.Length : length;
    }

    // Text is cut before characters that neither decompose nor combine with what precedes them; only stretches with other characters are processed.
    private static void Normalize(ReadOnlySpan<byte> text, IBufferWriter<byte> output, Form form)
    {
        int copied = 0, stretch = 0, at = 0;
        byte lastClass = 0;
        while (at < text.Length)
        {
            var ascii = AsciiLength(text[at..]);
            if (ascii > 0)
            {
                at += ascii;
                stretch = at - 1;
                lastClass = 0;
                continue;
            }

            var status = Rune.DecodeFromUtf8(text[at..], out var rune, out var length);
            var record = Data.Value.Of(rune.Value);
            var isPlain = status == OperationStatus.Done && !record.Changes(form);
            if (isPlain && (record.Class == 0 || record.Class >= lastClass))
            {
                if (record.Class == 0) stretch = at;
                lastClass = record.Class;
                at += length;
                continue;
            }

            output.Write(text[copied..stretch]);
            at = copied = EndOfStretch(text, at + length, form);
            using (var work = new Workspace())
            {
                work.Decompose(text[stretch..at], form);
                work.Order();
                work.Compose();
                work.WriteTo(output);
            }

            stretch = at;
            lastClass = 0;
        }

        output.Write(text[copied..]);
    }

    private static int EndOfStretch(ReadOnlySpan<byte> text, int at, Form form)
    {
        while (at < text.Length)
        {
            var status = Rune.DecodeFromUtf8(text[at..], out var rune, out var length);
            var record = Data.Value.Of(rune.Value);
            if (record.Class == 0 && status == OperationStatus.Done && !record.Changes(form)) break;

            at += length;
        }

        return at;
    }

    /// <summary>Code points of a stretch and their combining classes.</summary>
    private ref struct Workspace
    {
        private int[] _codes;
        private byte[] _classes;
        private int _count;

        public Workspace()
        {
            _codes = ArrayPool<int>.Shared.Rent(64);
            _classes = ArrayPool<byte>.Shared.Rent(64);
        }

        public readonly void Dispose()
        {
            ArrayPool<int>.Shared.Return(_codes);
            ArrayPool<byte>.Shared.Return(_classes);
        }

        public void Decompose(ReadOnlySpan<byte> text, Form form)
        {
            while (!text.IsEmpty)
            {
                Rune.DecodeFromUtf8(text, out var rune, out var length);
                text = text[length..];
                var syllable = rune.Value - SyllableBase;
                if ((uint)syllable < Leads * Vowels * Tails)
                {
                    Add(LeadBase + (syllable / (Vowels * Tails)), 0);
                    Add(VowelBase + (syllable % (Vowels * Tails) / Tails), 0);
                    if (syllable % Tails > 0) Add(TailBase + (syllable % Tails), 0);
                    continue;
                }

                var record = Data.Value.Of(rune.Value);
                var parts = record.Decomposition(form);
                if (parts.IsEmpty) Add(rune.Value, record.Class);
                for (; !parts.IsEmpty; parts = parts[length..])
                {
                    Rune.DecodeFromUtf8(parts, out rune, out length);
                    Add(rune.Value, Data.Value.Of(rune.Value).Class);
                }
            }
        }

        /// <summary>Sorts runs of combining characters by class, stably; a long run costs n log n.</summary>
        public readonly void Order()
        {
            for (var start = 0; start < _count; start++)
            {
                if (_classes[start] == 0) continue;

                var end = start;
                while (end < _count && _classes[end] != 0) end++;

                var run = end - start;
                if (run > 1)
                {
                    var keys = new ulong[run];
                    for (var i = 0; i < run; i++) keys[i] = ((ulong)_classes[start + i] << 32) | (uint)i;

                    keys.AsSpan().Sort(_codes.AsSpan(start, run));
                    for (var i = 0; i < run; i++) _classes[start + i] = (byte)(keys[i] >> 32);
                }

                start = end;
            }
        }

        public void Compose()
        {
            int written = 0, starter = -1;
            var lastClass = -1;
            for (var i = 0; i < _count; i++)
            {
                var (code, own) = (_codes[i], _classes[i]);
                // A character is blocked from its starter by another of the same or a higher class between them.
                if (starter >= 0 && lastClass < own && Data.Value.Composite(_codes[starter], code) is > 0 and var composite)
                {
                    _codes[starter] = composite;
                    continue;
                }

                if (own == 0)
                {
                    starter = written;
                    lastClass = -1;
                }
                else
                {
                    lastClass = own;
                }

                (_codes[written], _classes[written]) = (code, own);
                written++;
            }

            _count = written;
        }

        public readonly void WriteTo(IBufferWriter<byte> output)
        {
            for (var i = 0; i < _count; i++) output.Advance(new Rune(_codes[i]).EncodeToUtf8(output.GetSpan(4)));
        }

        private void Add(int code, byte combiningClass)
        {
            if (_count == Math.Min(_codes.Length, _classes.Length))
            {
                Grow(ref _codes);
                Grow(ref _classes);
            }

            (_codes[_count], _classes[_count]) = (code, combiningClass);
            _count++;
        }

        private readonly void Grow<T>(ref T[] array)
        {
            var larger = ArrayPool<T>.Shared.Rent(_count * 2);
            array.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<T>.Shared.Return(array);
            array = larger;
        }
    }

    /// <summary>What the tables say about one code point; an empty span is the code point itself.</summary>
    private readonly ref struct Entry(ReadOnlySpan<byte> record, ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _record = record;
        private readonly ReadOnlySpan<byte> _text = text;

        public byte Class => _record[0];

        public ReadOnlySpan<byte> Fold => Text(10);

        /// <summary>True when the character's quick check for the form is not Yes.</summary>
        public bool Changes(Form form) => (_record[1] & (form == Form.Canonical ? NotNfc : NotNfkc)) != 0;

        public ReadOnlySpan<byte> Decomposition(Form form) => Text(form == Form.Canonical ? 2 : 6);

        private ReadOnlySpan<byte> Text(int field) =>
            _text.Slice(BinaryPrimitives.ReadUInt16LittleEndian(_record[field..]), BinaryPrimitives.ReadUInt16LittleEndian(_record[(field + 2)..]));
    }

    /// <summary>The tables; the generator describes the format.</summary>
    private sealed class Tables
    {
        private const int Header = 28, BlockBits = 7, RecordBytes = 14;

        private readonly byte[] _bytes;
        private readonly int _blocks;
        private readonly int _records;
        private readonly int _text;
        private readonly Dictionary<(int First, int Second), int> _composites;

        private Tables(byte[] bytes)
        {
            _bytes = bytes;
            Version = new Version(bytes[4], bytes[5], bytes[6]);
            _blocks = Header + (Count(0) * 2);
            _records = _blocks + (Count(1) * (2 << BlockBits));
            _text = _records + (Count(2) * RecordBytes);
            var pairs = bytes.AsSpan(_text + Count(3));
            _composites = new(Count(4));
            for (; !pairs.IsEmpty; pairs = pairs[12..])
                _composites.Add((BinaryPrimitives.ReadInt32LittleEndian(pairs), BinaryPrimitives.ReadInt32LittleEndian(pairs[4..])), BinaryPrimitives.ReadInt32LittleEndian(pairs[8..]));
        }

        public Version Version { get; }

        public static Tables Load()
        {
            using var stream = typeof(UnicodeForms).Assembly.GetManifestResourceStream("UnicodeForms.bin")!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return new Tables(bytes);
        }

        public Entry Of(int code)
        {
            var record = code < Limit ? UInt16(_blocks + (((UInt16(Header + (code >> BlockBits << 1)) << BlockBits) + (code & ((1 << BlockBits) - 1))) << 1)) : 0;
            return new Entry(_bytes.AsSpan(_records + (record * RecordBytes), RecordBytes), _bytes.AsSpan(_text));
        }

        /// <summary>The character that two compose to, or 0.</summary>
        public int Composite(int first, int second)
        {
            if ((uint)(first - LeadBase) < Leads && (uint)(second - VowelBase) < Vowels)
                return SyllableBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Tails);

            var syllable = first - SyllableBase;
            if ((uint)syllable < Leads * Vowels * Tails && syllable % Tails == 0 && second is > TailBase and < TailBase + Tails) return first + second - TailBase;

            return _composites.GetValueOrDefault((first, second));
        }

        private int Count(int index) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(8 + (index * 4)));

        private int UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));
    }
}
