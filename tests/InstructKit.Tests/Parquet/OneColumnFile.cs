using System.Buffers.Binary;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Tests.Parquet;

/// <summary>Creates files of one optional INT64 column 'n' and one page, in which anything may be wrong.</summary>
internal sealed record OneColumnFile
{
    public long Rows { get; init; } = 3;

    public long Values { get; init; } = 3;

    public int PageValues { get; init; } = 3;

    public int Codec { get; init; }

    public int Encoding { get; init; }

    public int? CompressedBytes { get; init; }

    public int? UncompressedBytes { get; init; }

    public long? Offset { get; init; }

    public string? OtherFile { get; init; }

    public bool IsEncrypted { get; init; }

    /// <summary>Levels (six bytes that say "three values") and three plain numbers unless given.</summary>
    public byte[] Page { get; init; } = [2, 0, 0, 0, 6, 1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0];

    public byte[] ToBytes()
    {
        var header = new ThriftWriter();
        header.StartStruct();
        header.WriteI32(1, 0);
        header.WriteI32(2, UncompressedBytes ?? Page.Length);
        header.WriteI32(3, CompressedBytes ?? Page.Length);
        header.StartStruct(5);
        header.WriteI32(1, PageValues);
        header.WriteI32(2, Encoding);
        header.WriteI32(3, 3);
        header.WriteI32(4, 3);
        header.EndStruct();
        header.EndStruct();
        var footer = new ThriftWriter();
        WriteFooter(footer);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Written.Length);
        return [.. "PAR1"u8, .. header.Written, .. Page, .. footer.Written, .. length, .. "PAR1"u8];
    }

    private void WriteFooter(ThriftWriter footer)
    {
        footer.StartStruct();
        footer.WriteI32(1, 1);
        footer.StartList(2, ThriftType.Struct, 2);
        footer.StartStruct();
        footer.WriteString(4, "schema");
        footer.WriteI32(5, 1);
        footer.EndStruct();
        footer.StartStruct();
        footer.WriteI32(1, 2);
        footer.WriteI32(3, 1);
        footer.WriteString(4, "n");
        footer.EndStruct();
        footer.WriteI64(3, Rows);
        footer.StartList(4, ThriftType.Struct, 1);
        footer.StartStruct();
        footer.StartList(1, ThriftType.Struct, 1);
        WriteChunk(footer);
        footer.WriteI64(2, 100);
        footer.WriteI64(3, Rows);
        footer.EndStruct();
        footer.EndStruct();
    }

    private void WriteChunk(ThriftWriter footer)
    {
        footer.StartStruct();
        if (OtherFile is not null) footer.WriteString(1, OtherFile);

        footer.WriteI64(2, 0);
        footer.StartStruct(3);
        footer.WriteI32(1, 2);
        footer.StartList(2, ThriftType.I32, 0);
        footer.StartList(3, ThriftType.Binary, 0);
        footer.WriteI32(4, Codec);
        footer.WriteI64(5, Values);
        footer.WriteI64(6, 100);
        footer.WriteI64(7, 100);
        footer.WriteI64(9, Offset ?? 4);
        footer.EndStruct();
        if (IsEncrypted)
        {
            footer.StartStruct(8);
            footer.EndStruct();
        }

        footer.EndStruct();
    }
}
