using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace InstructKit.Parquet.Writing;

/// <summary>Smallest and largest value of a page or column, and the number of nulls. Long texts are truncated: the smallest to a prefix, the largest to a text
/// that is greater. A NaN makes the bounds of a floating-point column useless; they are omitted then.</summary>
internal sealed class ValueBounds(ParquetFieldKind kind)
{
    private const int MaxBytes = 64;
    private const int MaxRune = 0x10ffff;
    private const int BeforeSurrogates = 0xd7ff;
    private const int AfterSurrogates = 0xe000;

    private readonly Utf8Output _min = new(MaxBytes);
    private readonly Utf8Output _max = new(MaxBytes);
    private bool _hasNaN;

    public long NullCount { get; private set; }

    public bool HasValues { get; private set; }

    /// <summary>Whether bounds can be stated.</summary>
    public bool HasBounds => HasValues && !_hasNaN;

    public bool HasNaN => _hasNaN;

    public void Clear()
    {
        NullCount = 0;
        HasValues = false;
        _hasNaN = false;
        _min.Length = 0;
        _max.Length = 0;
    }

    public void AddNull() => NullCount++;

    public void Add(ReadOnlySpan<byte> value)
    {
        // After a NaN no bounds are stated, so none are kept from there on.
        _hasNaN |= kind == ParquetFieldKind.Float && double.IsNaN(BinaryPrimitives.ReadDoubleLittleEndian(value));
        if (_hasNaN)
        {
            HasValues = true;
            return;
        }

        if (!HasValues || Compare(value, _min.Written) < 0) Set(_min, value);

        if (!HasValues || Compare(value, _max.Written) > 0) Set(_max, value);

        HasValues = true;
    }

    /// <summary>Adds integers, some.</summary>
    public void Add(ReadOnlySpan<long> values)
    {
        var (min, max) = (values[0], values[0]);
        foreach (var value in values) (min, max) = (Math.Min(min, value), Math.Max(max, value));

        Add(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(ref min)));
        Add(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(ref max)));
    }

    public void Add(ValueBounds page)
    {
        NullCount += page.NullCount;
        _hasNaN |= page._hasNaN;
        if (page.HasBounds && !_hasNaN)
        {
            Add(page._min.Written);
            Add(page._max.Written);
        }

        HasValues |= page.HasValues;
    }

    /// <summary>A lower bound, and whether it is the smallest value itself.</summary>
    public byte[] Lower(out bool isExact)
    {
        if (kind == ParquetFieldKind.Float && BinaryPrimitives.ReadDoubleLittleEndian(_min.Written) == 0)
        {
            // The format asks for -0.0 here and +0.0 above, because readers differ about their order.
            isExact = false;
            return BitConverter.GetBytes(-0.0);
        }

        isExact = kind is not (ParquetFieldKind.Text or ParquetFieldKind.Json) || _min.Length <= MaxBytes;
        return isExact ? _min.Written.ToArray() : _min.Written[..Utf8Border(_min.Written, MaxBytes)].ToArray();
    }

    /// <summary>An upper bound, and whether it is the largest value itself.</summary>
    public byte[] Upper(out bool isExact)
    {
        if (kind == ParquetFieldKind.Float && BinaryPrimitives.ReadDoubleLittleEndian(_max.Written) == 0)
        {
            isExact = false;
            return BitConverter.GetBytes(0.0);
        }

        isExact = kind is not (ParquetFieldKind.Text or ParquetFieldKind.Json) || _max.Length <= MaxBytes;
        if (isExact) return _max.Written.ToArray();

        // The last character that can be incremented is, and what follows is dropped. UTF-8 sorts like its code points.
        var kept = Utf8Border(_max.Written, MaxBytes);
        while (kept > 0)
        {
            Rune.DecodeLastFromUtf8(_max.Written[..kept], out var last, out var length);
            kept -= length;
            if (last.Value < MaxRune)
            {
                var greater = new Rune(last.Value == BeforeSurrogates ? AfterSurrogates : last.Value + 1);
                Span<byte> encoded = stackalloc byte[4];
                return [.. _max.Written[..kept], .. encoded[..greater.EncodeToUtf8(encoded)]];
            }
        }

        isExact = true;
        return _max.Written.ToArray();
    }

    private static void Set(Utf8Output bound, ReadOnlySpan<byte> value)
    {
        bound.Length = 0;
        bound.AppendRaw(value);
    }

    private int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => kind switch
    {
        ParquetFieldKind.Integer => BinaryPrimitives.ReadInt64LittleEndian(a).CompareTo(BinaryPrimitives.ReadInt64LittleEndian(b)),
        ParquetFieldKind.Float => BinaryPrimitives.ReadDoubleLittleEndian(a).CompareTo(BinaryPrimitives.ReadDoubleLittleEndian(b)),
        _ => a.SequenceCompareTo(b),
    };

    // Moves back from the middle of a character.
    private static int Utf8Border(ReadOnlySpan<byte> text, int length)
    {
        while (length > 0 && (text[length] & 0xc0) == 0x80) length--;

        return length;
    }
}
