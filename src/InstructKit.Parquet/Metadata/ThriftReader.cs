namespace InstructKit.Parquet.Metadata;

/// <summary>Wire types of the thrift compact protocol.</summary>
internal enum ThriftType
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
    Uuid = 13,
}

/// <summary>Reads the thrift compact protocol from a span. Sizes are checked against the remaining bytes before anything is allocated, and unknown fields
/// are skipped to a bounded depth.</summary>
internal ref struct ThriftReader
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public ThriftReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    private readonly int Left => _bytes.Length - _position;

    /// <summary>Reads the header of the next field; <paramref name="field"/> holds the last field number of this struct and receives the new one.</summary>
    public bool ReadField(ref int field, out ThriftType type)
    {
        var head = ReadByte();
        type = (ThriftType)(head & 0x0f);
        if (type == ThriftType.Stop) return false;

        if (type > ThriftType.Uuid) throw ParquetException.Corrupt($"thrift type {(int)type} does not exist");

        var delta = head >> 4;
        field = delta == 0 ? (short)ReadZigZag() : field + delta;
        return true;
    }

    public int ReadI32(ThriftType type)
    {
        Expect(type, type is ThriftType.I32 or ThriftType.I16 or ThriftType.Byte, "an integer");
        if (type == ThriftType.Byte) return (sbyte)ReadByte();

        var value = ReadZigZag();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw ParquetException.Corrupt("a 32-bit field holds more than 32 bits");
    }

    public long ReadI64(ThriftType type)
    {
        Expect(type, type is ThriftType.I64 or ThriftType.I32 or ThriftType.I16, "an integer");
        return ReadZigZag();
    }

    public static bool ReadBool(ThriftType type)
    {
        Expect(type, type is ThriftType.True or ThriftType.False, "a boolean");
        return type == ThriftType.True;
    }

    public ReadOnlySpan<byte> ReadBinary(ThriftType type)
    {
        Expect(type, type == ThriftType.Binary, "bytes");
        var length = ReadVarint();
        if (length > (ulong)Left) throw ParquetException.Corrupt("a byte string is longer than the metadata");

        var value = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return value;
    }

    public string ReadString(ThriftType type) => Encoding.UTF8.GetString(ReadBinary(type));

    /// <summary>Reads the header of a list and returns its length, which is at most the number of bytes left.</summary>
    public int ReadList(ThriftType type, out ThriftType element)
    {
        Expect(type, type is ThriftType.List or ThriftType.Set, "a list");
        var head = ReadByte();
        element = (ThriftType)(head & 0x0f);
        var count = head >> 4 == 15 ? ReadVarint() : (ulong)(head >> 4);
        return count <= (ulong)Left ? (int)count : throw ParquetException.Corrupt("a list is longer than the metadata");
    }

    public static void ExpectStruct(ThriftType type) => Expect(type, type == ThriftType.Struct, "a struct");

    /// <summary>Skips a value.</summary>
    public void Skip(ThriftType type) => Skip(type, 0);

    private void Skip(ThriftType type, int depth)
    {
        if (depth > MaxDepth) throw ParquetException.Corrupt("the metadata is nested too deeply");

        switch (type)
        {
            case ThriftType.True or ThriftType.False: break;
            case ThriftType.Byte: ReadByte(); break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64: ReadVarint(); break;
            case ThriftType.Double: Advance(8); break;
            case ThriftType.Uuid: Advance(16); break;
            case ThriftType.Binary: ReadBinary(type); break;
            case ThriftType.List or ThriftType.Set:
                var count = ReadList(type, out var element);
                for (var i = 0; i < count; i++) SkipElement(element, depth + 1);

                break;
            case ThriftType.Map: SkipMap(depth); break;
            case ThriftType.Struct:
                var field = 0;
                while (ReadField(ref field, out var inner)) Skip(inner, depth + 1);

                break;
            default: throw ParquetException.Corrupt($"thrift type {(int)type} does not exist");
        }
    }

    private void SkipMap(int depth)
    {
        var pairs = ReadVarint();
        if (pairs == 0) return;

        var types = ReadByte();
        if (pairs > (ulong)Left) throw ParquetException.Corrupt("a map is longer than the metadata");

        for (var i = 0UL; i < pairs; i++)
        {
            SkipElement((ThriftType)(types >> 4), depth + 1);
            SkipElement((ThriftType)(types & 0x0f), depth + 1);
        }
    }

    // Booleans take a byte inside a collection and none as a field.
    private void SkipElement(ThriftType type, int depth) => Skip(type is ThriftType.True or ThriftType.False ? ThriftType.Byte : type, depth);

    private void Advance(int count)
    {
        if (count > Left) throw OutOfData();

        _position += count;
    }

    private byte ReadByte() => _position < _bytes.Length ? _bytes[_position++] : throw OutOfData();

    private long ReadZigZag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw ParquetException.Corrupt("a variable-length integer has more than ten bytes");
    }

    private static void Expect(ThriftType type, bool holds, string expected)
    {
        if (!holds) throw ParquetException.Corrupt($"the metadata has {type} where {expected} was expected");
    }

    private static ParquetException OutOfData() => new(ParquetErrorCodes.Corrupt, "the metadata ends too early", new EndOfStreamException());
}
