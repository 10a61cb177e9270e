using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InstructKit.Lengths;

/// <summary>Bytes to token ids: an open hash table whose keys of up to 16 bytes are stored inline. Immutable once filled, so it is shared by threads.</summary>
internal sealed class TokenVocabulary
{
    private const int InlineBytes = 16;

    private readonly Slot[] _slots;
    private readonly int _shift;
    private readonly int[] _byteIds = new int[256];
    private byte[] _bytes;
    private (int Start, int Length)[] _tokens;
    private int _used;

    /// <summary>Creates an empty vocabulary.</summary>
    /// <param name="capacity">Maximum number of tokens.</param>
    public TokenVocabulary(int capacity)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(512, capacity * 2L));
        _slots = new Slot[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        _bytes = new byte[capacity * 8L > 1 << 16 ? capacity * 8 : 1 << 16];
        _tokens = new (int, int)[capacity];
        _byteIds.AsSpan().Fill(-1);
    }

    public int Count { get; private set; }

    /// <summary>Length in bytes of the longest token.</summary>
    public int MaxLength { get; private set; }

    /// <summary>One more than the largest id.</summary>
    public int IdLimit { get; private set; }

    /// <summary>The id of a token of one byte; -1 if there is none.</summary>
    public int OfByte(byte value) => _byteIds[value];

    /// <summary>The bytes of a token; empty for an id that is not in the vocabulary.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => (uint)id < (uint)_tokens.Length ? _bytes.AsSpan(_tokens[id].Start, _tokens[id].Length) : default;

    /// <summary>Adds a token. False if its bytes or its id already exist, or if the bytes are empty.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes, int id)
    {
        if (bytes.IsEmpty || Find(bytes, 0, bytes.Length) >= 0 || !BytesOf(id).IsEmpty) return false;

        while (_used + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);

        if (id >= _tokens.Length) Array.Resize(ref _tokens, Math.Max(id + 1, _tokens.Length * 2));

        bytes.CopyTo(_bytes.AsSpan(_used));
        _tokens[id] = (_used, bytes.Length);
        _used += bytes.Length;
        var (low, high) = Key(bytes, 0, bytes.Length);
        var at = Index(low, high);
        while (_slots[at].Length != 0) at = (at + 1) & (_slots.Length - 1);

        _slots[at] = new Slot(low, high, id, bytes.Length);
        if (bytes.Length == 1) _byteIds[bytes[0]] = id;

        Count++;
        MaxLength = Math.Max(MaxLength, bytes.Length);
        IdLimit = Math.Max(IdLimit, id + 1);
        return true;
    }

    /// <summary>The id of the token with these bytes of the text; -1 if there is none.</summary>
    public int Find(ReadOnlySpan<byte> text, int start, int length)
    {
        if (length > MaxLength) return -1;

        var (low, high) = Key(text, start, length);
        return Find(text, start, length, low, high);
    }

    /// <summary>Like <see cref="Find(ReadOnlySpan{byte}, int, int)"/>, with the key that <see cref="Key"/> returned for the bytes.</summary>
    public int Find(ReadOnlySpan<byte> text, int start, int length, ulong low, ulong high)
    {
        for (var at = Index(low, high); ; at = (at + 1) & (_slots.Length - 1))
        {
            ref var slot = ref _slots[at];
            if (slot.Low == low && slot.High == high && slot.Length == length && (length <= InlineBytes || BytesOf(slot.Id).SequenceEqual(text.Slice(start, length))))
                return slot.Id;

            if (slot.Length == 0) return -1;
        }
    }

    /// <summary>Two words for some bytes of a text: up to 16 bytes these are the bytes themselves, zero-padded, else hashes of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong Low, ulong High) Key(ReadOnlySpan<byte> text, int start, int length)
    {
        if (length > InlineBytes) return Hashed(text.Slice(start, length));

        if (start + InlineBytes > text.Length) return Padded(text.Slice(start, length));

        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(text), start);
        var low = Unsafe.ReadUnaligned<ulong>(ref first);
        if (length <= 8) return (length == 8 ? low : low & ((1UL << (length * 8)) - 1), 0);

        var high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, 8));
        return (low, length == InlineBytes ? high : high & ((1UL << ((length - 8) * 8)) - 1));
    }

    /// <summary>Mixes the two words of a key into 64 bits; the upper ones are the best mixed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong low, ulong high)
    {
        var mixed = (low ^ BitOperations.RotateLeft(high * 0x9E3779B97F4A7C15, 29)) * 0xD6E8FEB86659FD93;
        return (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Index(ulong low, ulong high) => (int)(Mix(low, high) >> _shift);

    private static (ulong Low, ulong High) Padded(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[InlineBytes];
        padded.Clear();
        bytes.CopyTo(padded);
        return (MemoryMarshal.Read<ulong>(padded), MemoryMarshal.Read<ulong>(padded[8..]));
    }

    private static (ulong Low, ulong High) Hashed(ReadOnlySpan<byte> bytes)
    {
        var (low, high) = (0UL, (ulong)bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            low = Mix(low, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            high += low;
        }

        foreach (var value in bytes) low = Mix(low, value);

        return (low, high ^ low);
    }

    private readonly record struct Slot(ulong Low, ulong High, int Id, int Length);
}
