namespace InstructKit.Parquet.Metadata;

/// <summary>The header of a page: version 1, version 2 or dictionary.</summary>
internal struct PageHeader
{
    public PageType Type;
    public int UncompressedBytes;
    public int CompressedBytes;
    public uint? Checksum;
    public int ValueCount;
    public PageEncoding Encoding;
    public PageEncoding DefinitionEncoding;
    public PageEncoding RepetitionEncoding;
    public int DefinitionBytes;
    public int RepetitionBytes;
    public bool IsCompressed;

    /// <summary>Reads a header and returns its length; throws when the span ends before the header does.</summary>
    public static PageHeader Read(ReadOnlySpan<byte> bytes, out int length)
    {
        var reader = new ThriftReader(bytes);
        var header = new PageHeader { Type = (PageType)(-1), UncompressedBytes = -1, CompressedBytes = -1, ValueCount = -1, IsCompressed = true };
        var body = 0;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1: header.Type = (PageType)reader.ReadI32(type); break;
                case 2: header.UncompressedBytes = reader.ReadI32(type); break;
                case 3: header.CompressedBytes = reader.ReadI32(type); break;
                case 4: header.Checksum = (uint)reader.ReadI32(type); break;
                case 5 or 7 or 8:
                    ThriftReader.ExpectStruct(type);
                    body = field;
                    header.ReadBody(ref reader, field);
                    break;
                default: reader.Skip(type); break;
            }
        }

        length = reader.Position;
        var wanted = header.Type switch { PageType.Data => 5, PageType.Dictionary => 7, PageType.DataV2 => 8, _ => body };
        if (header.UncompressedBytes < 0 || header.CompressedBytes < 0 || body != wanted || (wanted != 0 && header.ValueCount < 0))
            throw ParquetException.Corrupt("a page header lacks a field or holds a negative size");

        return header;
    }

    private void ReadBody(ref ThriftReader reader, int body)
    {
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (body, field)
            {
                case (_, 1): ValueCount = reader.ReadI32(type); break;
                case (5 or 7, 2) or (8, 4): Encoding = (PageEncoding)reader.ReadI32(type); break;
                case (5, 3): DefinitionEncoding = (PageEncoding)reader.ReadI32(type); break;
                case (5, 4): RepetitionEncoding = (PageEncoding)reader.ReadI32(type); break;
                case (8, 5): DefinitionBytes = reader.ReadI32(type); break;
                case (8, 6): RepetitionBytes = reader.ReadI32(type); break;
                case (8, 7): IsCompressed = ThriftReader.ReadBool(type); break;
                default: reader.Skip(type); break;
            }
        }
    }
}
