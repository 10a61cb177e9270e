namespace InstructKit.Parquet.Metadata;

/// <summary>Writes the thrift compact protocol. Fields of a struct are written in ascending order between <see cref="StartStruct()"/> and <see cref="EndStruct"/>.</summary>
internal sealed class ThriftWriter
{
    private readonly Utf8Output _bytes = new(256);
    private readonly Stack<int> _outer = [];
    private int _last;

    public ReadOnlySpan<byte> Written => _bytes.Written;

    /// <summary>Starts the outermost struct or a struct that is a list element.</summary>
    public void StartStruct()
    {
        _outer.Push(_last);
        _last = 0;
    }

    public void StartStruct(int field)
    {
        WriteHead(field, ThriftType.Struct);
        StartStruct();
    }

    public void EndStruct()
    {
        _bytes.AppendByte((byte)ThriftType.Stop);
        _last = _outer.Pop();
    }

    public void WriteI32(int field, int value)
    {
        WriteHead(field, ThriftType.I32);
        WriteI64(value);
    }

    public void WriteI64(int field, long value)
    {
        WriteHead(field, ThriftType.I64);
        WriteI64(value);
    }

    public void WriteI16(int field, short value)
    {
        WriteHead(field, ThriftType.I16);
        WriteI64(value);
    }

    public void WriteBool(int field, bool value) => WriteHead(field, value ? ThriftType.True : ThriftType.False);

    public void WriteBinary(int field, ReadOnlySpan<byte> value)
    {
        WriteHead(field, ThriftType.Binary);
        WriteBinary(value);
    }

    public void WriteString(int field, string value) => WriteBinary(field, Encoding.UTF8.GetBytes(value));

    public void StartList(int field, ThriftType element, int count)
    {
        WriteHead(field, ThriftType.List);
        if (count < 15)
        {
            _bytes.AppendByte((byte)((count << 4) | (int)element));
        }
        else
        {
            _bytes.AppendByte((byte)(0xf0 | (int)element));
            WriteVarint((ulong)count);
        }
    }

    /// <summary>An integer that is an element of a list.</summary>
    public void WriteI64(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Bytes that are an element of a list.</summary>
    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        WriteVarint((ulong)value.Length);
        _bytes.AppendRaw(value);
    }

    /// <summary>A boolean that is an element of a list.</summary>
    public void WriteBool(bool value) => _bytes.AppendByte((byte)(value ? ThriftType.True : ThriftType.False));

    private void WriteHead(int field, ThriftType type)
    {
        var delta = field - _last;
        if (delta is > 0 and <= 15)
        {
            _bytes.AppendByte((byte)((delta << 4) | (int)type));
        }
        else
        {
            _bytes.AppendByte((byte)type);
            WriteI64(field);
        }

        _last = field;
    }

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.AppendByte((byte)(value | 0x80));

        _bytes.AppendByte((byte)value);
    }
}
