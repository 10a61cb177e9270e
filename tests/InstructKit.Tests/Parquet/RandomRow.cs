using FsCheck;
using FsCheck.Fluent;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;

namespace InstructKit.Tests.Parquet;

/// <summary>A row as plain objects (string, long, double, bool, null, an array for a list or struct) that can be written, and converted to the JSON that reading
/// must return. The JSON is built here, without the code under test.</summary>
internal sealed class RandomRow(params object?[] values)
{
    public required IReadOnlyList<ParquetField> Schema { get; init; }

    public string Json => $"{{{string.Join(',', Schema.Zip(values, (column, value) => $"{RowsAsJson.Quote(column.Name)}:{Show(column, value)}"))}}}";

    public static Gen<RandomRow> Of(IReadOnlyList<ParquetField> schema) =>
        Gen.CollectToArray(schema, ValueOf).Select(values => new RandomRow(values) { Schema = schema });

    public void Write(ParquetWriter writer)
    {
        foreach (var (field, value) in Schema.Zip(values)) Write(writer, field, value);

        writer.EndRow();
    }

    public override string ToString() => Json;

    private static Gen<object?> ValueOf(ParquetField field)
    {
        var value = field.Kind switch
        {
            ParquetFieldKind.Text => Gen.OneOf(
                Gen.Elements<object?>("", "a", "yes", "no", "ü \"q\" \\ \n\u0001 日本 😀"),
                ArbMap.Default.GeneratorFor<uint>().Select(n => (object?)$"text {n}")),
            ParquetFieldKind.Integer => ArbMap.Default.GeneratorFor<long>().Select(n => (object?)n),
            ParquetFieldKind.Float => Gen.Choose(-1_000_000, 1_000_000).Select(n => (object?)(n / 64.0)),
            ParquetFieldKind.Boolean => Gen.Elements<object?>(true, false),
            ParquetFieldKind.List => Gen.Choose(0, 3).SelectMany(count => ValueOf(field.Children[0]).ArrayOf(count)).Select(items => (object?)items),
            _ => Gen.CollectToArray(field.Children, ValueOf).Select(items => (object?)items),
        };
        return Gen.Frequency((1, Gen.Constant<object?>(null)), (6, value));
    }

    private static void Write(ParquetWriter writer, ParquetField field, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNull(); break;
            case string text: writer.WriteText(Encoding.UTF8.GetBytes(text)); break;
            case long number: writer.WriteInteger(number); break;
            case double number: writer.WriteFloat(number); break;
            case bool flag: writer.WriteBoolean(flag); break;
            case object?[] items when field.Kind == ParquetFieldKind.List:
                writer.StartList();
                foreach (var item in items) Write(writer, field.Children[0], item);

                writer.EndList();
                break;
            default:
                writer.StartStruct();
                foreach (var (child, item) in field.Children.Zip((object?[])value)) Write(writer, child, item);

                writer.EndStruct();
                break;
        }
    }

    private static string Show(ParquetField field, object? value) => value switch
    {
        null => "null",
        string text => RowsAsJson.Quote(text),
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("0.0#######", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        object?[] items when field.Kind == ParquetFieldKind.List => $"[{string.Join(',', items.Select(item => Show(field.Children[0], item)))}]",
        object?[] items => $"{{{string.Join(',', field.Children.Zip(items, (child, item) => $"{RowsAsJson.Quote(child.Name)}:{Show(child, item)}"))}}}",
        _ => throw new NotSupportedException(),
    };
}
