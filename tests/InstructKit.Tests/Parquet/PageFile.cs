using System.Buffers.Binary;
using InstructKit.Parquet.Format;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Tests.Parquet;

/// <summary>Creates files of any number of columns that share their pages' bytes, in one row group, as no available writer does.</summary>
internal sealed record PageFile
{
    public int Columns { get; init; } = 1;

    public required long Rows { get; init; }

    public int Type { get; init; } = 6;

    public int TypeLength { get; init; }

    public int Repetition { get; init; }

    public int? Converted { get; init; }

    /// <summary>Field of the union <c>LogicalType</c>, with nothing in its struct.</summary>
    public int? Logical { get; init; }

    /// <summary>Stored type of the schema's root, which should have none.</summary>
    public int? RootType { get; init; }

    /// <summary>Field of the union <c>LogicalType</c> of a required group 'g' around all columns; none without.</summary>
    public int? Group { get; init; }

    public int Scale { get; init; }

    public int Precision { get; init; }

    public ParquetCodec Codec { get; init; }

    public int Encoding { get; init; }

    public int Pages { get; init; } = 1;

    public int? Values { get; init; }

    /// <summary>Compressed bytes of a page.</summary>
    public required byte[] Page { get; init; }

    public int? PageBytes { get; init; }

    /// <summary>Bytes of the levels before a page of version 2; null for version 1.</summary>
    public int? V2Levels { get; init; }

    public bool IsV2Compressed { get; init; } = true;

    /// <summary>Compressed bytes of the dictionary, and its number of values.</summary>
    public byte[]? Dictionary { get; init; }

    public int DictionaryBytes { get; init; }

    public int DictionaryValues { get; init; }

    public bool TellsDictionary { get; init; } = true;

    /// <summary>Names of the columns; c0, c1, ... unless given.</summary>
    public string[]? Names { get; init; }

    /// <summary>Bytes between the pages and the footer: indexes, bloom filters.</summary>
    public byte[] Between { get; init; } = [];

    public byte[] ToBytes()
    {
        using var file = new MemoryStream();
        file.Write("PAR1"u8);
        var places = new (long Dictionary, long Data)[Columns];
        var values = Values ?? (int)(Rows / Pages);
        for (var i = 0; i < Columns; i++)
        {
            places[i].Dictionary = file.Position;
            if (Dictionary is not null) WritePage(file, 2, DictionaryBytes, Dictionary, DictionaryValues, 0);

            places[i].Data = file.Position;
            for (var page = 0; page < Pages; page++) WritePage(file, V2Levels is null ? 0 : 3, PageBytes ?? Page.Length, Page, values, Encoding);

            file.Write(Between);
        }

        var footer = new ThriftWriter();
        WriteFooter(footer, places, (long)values * Pages);
        file.Write(footer.Written);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Written.Length);
        file.Write(length);
        file.Write("PAR1"u8);
        return file.ToArray();
    }

    private void WritePage(Stream file, int kind, int bytes, byte[] packed, int values, int encoding)
    {
        var header = new ThriftWriter();
        header.StartStruct();
        header.WriteI32(1, kind);
        header.WriteI32(2, bytes);
        header.WriteI32(3, packed.Length);
        header.StartStruct(kind switch { 0 => 5, 2 => 7, _ => 8 });
        header.WriteI32(1, values);
        if (kind == 3)
        {
            header.WriteI32(2, 0);
            header.WriteI32(3, values);
            header.WriteI32(4, encoding);
            header.WriteI32(5, V2Levels ?? 0);
            header.WriteI32(6, 0);
            header.WriteBool(7, IsV2Compressed);
        }
        else
        {
            header.WriteI32(2, encoding);
            if (kind == 0)
            {
                header.WriteI32(3, 3);
                header.WriteI32(4, 3);
            }
        }

        header.EndStruct();
        header.EndStruct();
        file.Write(header.Written);
        file.Write(packed);
    }

    private void WriteFooter(ThriftWriter footer, (long Dictionary, long Data)[] places, long values)
    {
        footer.StartStruct();
        footer.WriteI32(1, 1);
        footer.StartList(2, ThriftType.Struct, Columns + (Group is null ? 1 : 2));
        footer.StartStruct();
        if (RootType is { } rootType) footer.WriteI32(1, rootType);

        footer.WriteString(4, "schema");
        footer.WriteI32(5, Group is null ? Columns : 1);
        footer.EndStruct();
        if (Group is { } group)
        {
            footer.StartStruct();
            footer.WriteI32(3, 0);
            footer.WriteString(4, "g");
            footer.WriteI32(5, Columns);
            footer.StartStruct(10);
            footer.StartStruct(group);
            footer.EndStruct();
            footer.EndStruct();
            footer.EndStruct();
        }

        for (var i = 0; i < Columns; i++) WriteElement(footer, Names?[i] ?? $"c{i}");

        footer.WriteI64(3, Rows);
        footer.StartList(4, ThriftType.Struct, 1);
        footer.StartStruct();
        footer.StartList(1, ThriftType.Struct, Columns);
        foreach (var place in places)
        {
            footer.StartStruct();
            footer.WriteI64(2, 7); // file_offset: meaningless, and writers put anything there
            footer.StartStruct(3);
            footer.WriteI32(1, Type);
            footer.WriteI32(4, (int)Codec);
            footer.WriteI64(5, values);
            footer.WriteI64(6, 100);
            footer.WriteI64(7, 100);
            footer.WriteI64(9, Dictionary is null || TellsDictionary ? place.Data : place.Dictionary);
            if (Dictionary is not null && TellsDictionary) footer.WriteI64(11, place.Dictionary);

            footer.EndStruct();
            footer.EndStruct();
        }

        footer.WriteI64(2, 100);
        footer.WriteI64(3, Rows);
        footer.EndStruct();
        footer.EndStruct();
    }

    private void WriteElement(ThriftWriter footer, string name)
    {
        footer.StartStruct();
        footer.WriteI32(1, Type);
        if (TypeLength > 0) footer.WriteI32(2, TypeLength);

        footer.WriteI32(3, Repetition);
        footer.WriteString(4, name);
        if (Converted is { } converted)
        {
            footer.WriteI32(6, converted);
            footer.WriteI32(7, Scale);
            footer.WriteI32(8, Precision);
        }

        if (Logical is { } logical)
        {
            footer.StartStruct(10);
            footer.StartStruct(logical);
            footer.EndStruct();
            footer.EndStruct();
        }

        footer.EndStruct();
    }
}
