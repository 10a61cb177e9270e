using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace InstructKit.Lengths;

/// <summary>The data of a byte-level BPE tokenizer; its vocabulary has every single byte.</summary>
/// <param name="PreTokenizer">Splits the text.</param>
/// <param name="RequiresNfc">True when text is brought to NFC first.</param>
internal sealed record BytePairModel(string Name, TokenVocabulary Vocabulary, PreTokenizer PreTokenizer, bool RequiresNfc) : TokenModel(Name, Vocabulary)
{
    /// <summary>By id: 0 unknown, 1 if merging the token's bytes yields the token, 2 if not. Threads may write the same value twice.</summary>
    public byte[] Reachable { get; } = new byte[Vocabulary.IdLimit];
}

/// <summary>Byte-level BPE on UTF-8. A piece that is a token is found by one look-up; others are merged, and the result is kept in a cache of fixed size that
/// belongs to this instance, so no lock is taken, and its entries equal what merging yields.</summary>
internal sealed class BytePairTokenizer<T>(BytePairModel model, T merges) : PieceTokenizer(model)
    where T : struct, IMergeTable
{
    private const int CacheBits = 14;
    private const int CachedBytes = 16;
    private const int CachedIds = 8;

    private readonly TokenVocabulary _vocabulary = model.Vocabulary;
    private readonly PreTokenizer _preTokenizer = model.PreTokenizer;
    private readonly CachedPiece[] _cache = new CachedPiece[1 << CacheBits];
    private readonly ArrayBufferWriter<byte> _normalized = new();
    private readonly int[] _ids = new int[256];

    public override ITokenizer Fork() => new BytePairTokenizer<T>(model, merges);

    protected override ReadOnlySpan<byte> Normalized(ReadOnlySpan<byte> text)
    {
        // Everything below U+0300 begins with a byte below 0xCC, and is in form C.
        if (!model.RequiresNfc || text.IndexOfAnyInRange((byte)0xCC, (byte)0xFF) < 0) return text;

        _normalized.ResetWrittenCount();
        UnicodeForms.AppendNfc(text, _normalized);
        return _normalized.WrittenSpan.SequenceEqual(text) ? text : _normalized.WrittenSpan;
    }

    protected override int NextPiece(ReadOnlySpan<byte> text, int start) => _preTokenizer.Next(text, start);

    protected override int Run(ReadOnlySpan<byte> text, List<int>? ids)
    {
        var (count, preTokenizer) = (0, _preTokenizer);
        for (var position = 0; position < text.Length;)
        {
            var end = preTokenizer.Next(text, position);
            count += EncodePiece(text, position, end, ids);
            position = end;
        }

        return count;
    }

    protected override int EncodePiece(ReadOnlySpan<byte> text, int start, int end, List<int>? ids)
    {
        var length = end - start;
        if (length > CachedBytes) return Long(text.Slice(start, length), ids);

        var (low, high) = TokenVocabulary.Key(text, start, length);
        var whole = _vocabulary.Find(text, start, length, low, high);
        if (whole >= 0 && (merges.TakesWholePieces || model.Reachable[whole] == 1))
        {
            ids?.Add(whole);
            return 1;
        }

        ref var cached = ref _cache[TokenVocabulary.Mix(low, high) >> (64 - CacheBits)];
        if (cached.Low != low || cached.High != high || cached.Length != length)
        {
            var count = PieceMerger.Merge(text.Slice(start, length), _vocabulary, merges, _ids);
            if (whole >= 0) model.Reachable[whole] = (byte)(count == 1 ? 1 : 2);

            if (count > CachedIds)
            {
                Append(ids, _ids.AsSpan(0, count));
                return count;
            }

            (cached.Low, cached.High, cached.Length, cached.Count) = (low, high, (byte)length, (byte)count);
            _ids.AsSpan(0, count).CopyTo(cached.Ids);
        }

        Append(ids, cached.Ids[..cached.Count]);
        return cached.Count;
    }

    private static void Append(List<int>? ids, ReadOnlySpan<int> added) => ids?.AddRange(added);

    private int Long(ReadOnlySpan<byte> piece, List<int>? ids)
    {
        var whole = merges.TakesWholePieces ? _vocabulary.Find(piece, 0, piece.Length) : -1;
        if (whole >= 0)
        {
            ids?.Add(whole);
            return 1;
        }

        if (piece.Length <= _ids.Length)
        {
            var count = PieceMerger.Merge(piece, _vocabulary, merges, _ids);
            Append(ids, _ids.AsSpan(0, count));
            return count;
        }

        var rented = ArrayPool<int>.Shared.Rent(piece.Length);
        var written = PieceMerger.Merge(piece, _vocabulary, merges, rented);
        Append(ids, rented.AsSpan(0, written));
        ArrayPool<int>.Shared.Return(rented);
        return written;
    }

    private struct CachedPiece
    {
        public ulong Low;
        public ulong High;
        public byte Length;
        public byte Count;
        private IdBuffer _ids;

        [UnscopedRef]
        public Span<int> Ids => _ids;
    }

    [InlineArray(CachedIds)]
    private struct IdBuffer
    {
        private int _first;
    }
}
