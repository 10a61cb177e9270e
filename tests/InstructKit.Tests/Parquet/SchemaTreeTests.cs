using InstructKit.Parquet.Format;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Schema;
using Xunit;

namespace InstructKit.Tests.Parquet;

/// <summary>The layouts of lists and maps that LogicalTypes.md lists, and those that are rejected.</summary>
public sealed class SchemaTreeTests
{
    [Fact]
    public void A_repeated_value_in_a_list_is_the_item() =>
        Assert.Equal("list<int32>", Describe(Group("a", ConvertedType.List, 1), Leaf("element", Repetition.Repeated)));

    [Fact]
    public void A_repeated_group_of_several_fields_is_the_item() => Assert.Equal(
        "list<struct<x: int32, y: int32>>", Describe(Group("a", ConvertedType.List, 1), Repeated("element", 2), Leaf("x"), Leaf("y")));

    [Theory]
    [InlineData("array", "list<struct<x: int32>>")]
    [InlineData("a_tuple", "list<struct<x: int32>>")]
    [InlineData("list", "list<int32>")]
    [InlineData("bag", "list<int32>")]
    public void A_repeated_group_of_one_field_is_told_by_its_name(string name, string expected) =>
        Assert.Equal(expected, Describe(Group("a", ConvertedType.List, 1), Repeated(name, 1), Leaf("x")));

    [Fact]
    public void Lists_of_lists_may_leave_out_the_wrappers() => Assert.Equal(
        "list<list<int32>>",
        Describe(Group("a", ConvertedType.List, 1), Repeated("array", 1) with { Converted = ConvertedType.List }, Leaf("array", Repetition.Repeated)));

    [Fact]
    public void A_repeated_field_without_a_list_is_a_list() => Assert.Equal(
        "struct<phone: list<struct<number: int32>>>", Describe(Group("a", null, 1), Repeated("phone", 1), Leaf("number")));

    [Theory]
    [InlineData(ConvertedType.Map)]
    [InlineData(ConvertedType.MapKeyValue)]
    internal void Maps_have_two_annotations(ConvertedType annotation) => Assert.Equal(
        "map<int32, int32>",
        Describe(Group("a", annotation, 1), Repeated("map", 2) with { Converted = ConvertedType.MapKeyValue }, Leaf("key"), Leaf("value")));

    [Fact]
    public void A_map_without_values_is_a_list_of_its_keys() =>
        Assert.Equal("list<int32>", Describe(Group("a", ConvertedType.Map, 1), Repeated("key_value", 1), Leaf("key")));

    [Theory]
    [InlineData(2, "list<struct<key: struct<x: int32>, value: int32>>")]
    [InlineData(3, "list<struct<key: struct<x: int32>, value: int32, more: int32>>")]
    public void A_map_that_no_JSON_object_can_hold_is_a_list_of_its_pairs(int fields, string expected) => Assert.Equal(
        expected,
        Describe([Group("a", ConvertedType.Map, 1), Repeated("key_value", fields), Group("key", null, 1), Leaf("x"), .. new[] { Leaf("value"), Leaf("more") }[..(fields - 1)]]));

    [Fact]
    public void A_map_of_values_without_pairs_is_their_list() =>
        Assert.Equal("list<int32>", Describe(Group("a", ConvertedType.Map, 1), Leaf("key_value", Repetition.Repeated)));

    [Fact]
    public void Bytes_are_binary_only_where_the_file_marks_its_strings()
    {
        var raw = Leaf("raw") with { Type = PhysicalType.ByteArray };
        var text = raw with { Name = "text", Converted = ConvertedType.Utf8 };
        Assert.Equal([ValueFormat.TextOrBinary], Formats(raw));
        Assert.Equal([ValueFormat.Binary, ValueFormat.Text], Formats(raw, text));
        Assert.Equal([ValueFormat.Binary], Formats(raw with { Type = PhysicalType.FixedLenByteArray, TypeLength = 4 }));
        Assert.Equal(ValueFormat.Binary, SchemaTree.Build([Root(1), raw], ParquetReaderOptions.Default, "DuckDB version v1.5.6 (build 069cc9f9b5)").Leaves[0].Format);
    }

    [Fact]
    public void Levels_count_what_is_optional_and_what_is_repeated()
    {
        var (_, leaves) = Build(Group("a", ConvertedType.List, 1), Repeated("list", 1), Group("element", null, 2), Leaf("x"), Leaf("y", Repetition.Required));
        Assert.Equal([(4, 1), (3, 1)], leaves.Select(leaf => (leaf.DefinitionLevel, leaf.RepetitionLevel)));
    }

    [Fact]
    public void Annotations_must_fit_the_stored_type()
    {
        var date = Leaf("day") with { Type = PhysicalType.Int64, Converted = ConvertedType.Date };
        var problem = Assert.Throws<ParquetException>(() => Build(date));
        Assert.Equal(ParquetErrorCodes.Corrupt, problem.Code);
        Assert.Equal("day", problem.Column);
        Assert.Throws<ParquetException>(() => Build(Leaf("d") with { Converted = ConvertedType.Decimal, Scale = 3, Precision = 2 }));
        Assert.Throws<ParquetException>(() => Build(Leaf("t") with { Type = PhysicalType.Int64, Logical = new LogicalType(LogicalKind.Time) }));
        Assert.Throws<ParquetException>(() => Build(Leaf("t") with { Type = PhysicalType.Int64, Logical = new LogicalType(LogicalKind.Timestamp) }));
        Assert.Throws<ParquetException>(() => Build(Leaf("d") with { Type = PhysicalType.FixedLenByteArray, TypeLength = 0 }));
    }

    [Fact]
    public void Broken_trees_are_refused()
    {
        Assert.Throws<ParquetException>(() => SchemaTree.Build([], ParquetReaderOptions.Default));
        Assert.Throws<ParquetException>(() => Build(Group("a", null, 0)));
        Assert.Throws<ParquetException>(() => Build(Group("a", null, 3), Leaf("x")));
        Assert.Throws<ParquetException>(() => SchemaTree.Build([Root(1), Leaf("x"), Leaf("y")], ParquetReaderOptions.Default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ConvertedType.List)]
    internal void Depth_has_a_limit(ConvertedType? annotation)
    {
        var groups = Enumerable.Repeat(Repeated("array", 1) with { Converted = annotation }, 10_000);
        var problem = Assert.Throws<ParquetException>(() => SchemaTree.Build([Root(1), .. groups, Leaf("x")], ParquetReaderOptions.Default));
        Assert.Equal(ParquetErrorCodes.TooLarge, problem.Code);
    }

    private static string Describe(params SchemaElement[] elements) => Build(elements).Fields[0].TypeText;

    private static ValueFormat[] Formats(params SchemaElement[] leaves) =>
        [.. SchemaTree.Build([Root(leaves.Length), .. leaves], ParquetReaderOptions.Default).Leaves.Select(leaf => leaf.Format)];

    private static (SchemaNode[] Fields, LeafNode[] Leaves) Build(params SchemaElement[] elements) =>
        SchemaTree.Build([Root(1), .. elements], ParquetReaderOptions.Default);

    private static SchemaElement Root(int children) => new() { Name = "schema", ChildCount = children };

    private static SchemaElement Group(string name, ConvertedType? annotation, int children) =>
        new() { Name = name, Repetition = Repetition.Optional, Converted = annotation, ChildCount = children };

    private static SchemaElement Repeated(string name, int children) => new() { Name = name, Repetition = Repetition.Repeated, ChildCount = children };

    private static SchemaElement Leaf(string name, Repetition repetition = Repetition.Optional) =>
        new() { Name = name, Type = PhysicalType.Int32, Repetition = repetition };
}
