using System.Buffers.Binary;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using InstructKit.Parquet.Metadata;
using Xunit;

namespace InstructKit.Tests.Parquet;

/// <summary>Footers of a few bytes per element that make a reader hold thousands.</summary>
public sealed class FooterSizeTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_long_name_above_many_leaves_is_held_once()
    {
        const int Leaves = 500;
        Write(
            footer =>
            {
                footer.StartList(2, ThriftType.Struct, Leaves + 2);
                WriteElement(footer, "schema", 1, isLeaf: false);
                WriteElement(footer, new string('n', 1 << 20), Leaves, isLeaf: false);
                for (var i = 0; i < Leaves; i++) WriteElement(footer, "x", 0, isLeaf: true);
            },
            footer => footer.StartList(4, ThriftType.Struct, 0));
        var before = GC.GetAllocatedBytesForCurrentThread();
        using (var file = ParquetFile.Open(_path)) Assert.Equal(0, file.RowCount);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Fact]
    public void A_message_does_not_repeat_the_whole_of_a_long_name()
    {
        Write(WriteOneLeaf(new string('n', 1 << 20), physicalType: 1, convertedType: 9), footer => footer.StartList(4, ThriftType.Struct, 0));
        var problem = Assert.Throws<ParquetException>(() => ParquetFile.Open(_path));
        Assert.Equal(1 << 20, problem.Column!.Length);
        Assert.InRange(problem.Message.Length, 300, 1000);
    }

    [Fact]
    public void Row_groups_have_a_limit()
    {
        const int Groups = 300_000;
        Write(WriteOneLeaf("x"), footer =>
        {
            footer.StartList(4, ThriftType.Struct, Groups);
            for (var i = 0; i < Groups; i++)
            {
                footer.StartStruct();
                footer.WriteI64(3, 0);
                footer.EndStruct();
            }
        });
        var problem = Assert.Throws<ParquetException>(() => ParquetFile.Open(_path));
        Assert.Equal(ParquetErrorCodes.TooLarge, problem.Code);
        Assert.Contains("MaxRowGroups = 262144", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_column_without_what_the_format_requires_is_refused(bool hasMetadata)
    {
        Write(WriteOneLeaf("x"), footer =>
        {
            footer.StartList(4, ThriftType.Struct, 1);
            footer.StartStruct();
            footer.StartList(1, ThriftType.Struct, 1);
            footer.StartStruct();
            if (hasMetadata)
            {
                footer.StartStruct(3);
                footer.WriteI32(1, 1);
                footer.WriteI64(9, 4);
                footer.EndStruct();
            }

            footer.EndStruct();
            footer.WriteI64(3, 0);
            footer.EndStruct();
        });
        Assert.Equal(ParquetErrorCodes.Corrupt, Assert.Throws<ParquetException>(() => ParquetFile.Open(_path)).Code);
    }

    private void Write(Action<ThriftWriter> schema, Action<ThriftWriter> groups)
    {
        var footer = new ThriftWriter();
        footer.StartStruct();
        schema(footer);
        groups(footer);
        footer.EndStruct();
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Written.Length);
        File.WriteAllBytes(_path, [.. "PAR1"u8, .. footer.Written, .. length, .. "PAR1"u8]);
    }

    private static Action<ThriftWriter> WriteOneLeaf(string name, int physicalType = 1, int? convertedType = null) => footer =>
    {
        footer.StartList(2, ThriftType.Struct, 2);
        WriteElement(footer, "schema", 1, isLeaf: false);
        WriteElement(footer, name, 0, isLeaf: true, physicalType, convertedType);
    };

    private static void WriteElement(ThriftWriter footer, string name, int children, bool isLeaf, int physicalType = 1, int? convertedType = null)
    {
        footer.StartStruct();
        if (isLeaf) footer.WriteI32(1, physicalType);

        footer.WriteI32(3, 0);
        footer.WriteString(4, name);
        if (!isLeaf) footer.WriteI32(5, children);

        if (convertedType is { } annotation) footer.WriteI32(6, annotation);

        footer.EndStruct();
    }
}
