using InstructKit.Examples;
using InstructKit.Templates;

namespace InstructKit.Formats;

/// <summary>What a build draws for each example beside its template; every one of them has a column at the end of the record.</summary>
[Flags]
internal enum Traces
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>variant</c>: the words of the template's variants, as in <c>verb=Read; noun=text</c>; empty for a template without any.</summary>
    Variant = 1,

    /// <summary><c>options_layout</c>: name of the layout in which the input shows the options; <c>none</c> when it shows none.</summary>
    Layout = 2,
}

/// <summary>Writes the columns of <see cref="Traces"/> behind those of a format. One per worker and slice.</summary>
/// <param name="traces">The columns wanted.</param>
internal sealed class TraceColumns(Traces traces)
{
    private static readonly SharedText Empty = new(string.Empty);
    private readonly Dictionary<string, SharedText> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<(CompiledTemplate Template, int Variant), SharedText> _variants = [];

    /// <summary>A schema with the columns added.</summary>
    public static RecordSchema AddTo(RecordSchema schema, Traces traces)
    {
        if (traces == Traces.None) return schema;

        List<Column> columns = [.. schema.Columns];
        if (traces.HasFlag(Traces.Variant)) columns.Add(new Column("variant", ColumnType.Text));
        if (traces.HasFlag(Traces.Layout)) columns.Add(new Column("options_layout", ColumnType.Text));
        return new RecordSchema(columns);
    }

    /// <summary>Writes the values of an example.</summary>
    public void Write(in Example example, RecordWriter record)
    {
        if (traces == Traces.None) return;

        if (traces.HasFlag(Traces.Variant)) record.Text(VariantOf(example.Template, example.Variant));
        if (traces.HasFlag(Traces.Layout)) record.Text(Shared((example.Layout ?? OptionsLayout.Hidden).Name));
    }

    private SharedText VariantOf(CompiledTemplate template, int number)
    {
        if (template.Variants.Length == 0) return Empty;

        if (!_variants.TryGetValue((template, number), out var text)) _variants[(template, number)] = text = new SharedText(template.Definition.DescribeText(number));
        return text;
    }

    private SharedText Shared(string text)
    {
        if (!_texts.TryGetValue(text, out var shared)) _texts[text] = shared = new SharedText(text);
        return shared;
    }
}
