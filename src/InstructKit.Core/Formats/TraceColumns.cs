using System.Collections.Concurrent;
using InstructKit.Examples;
using InstructKit.Templates;

namespace InstructKit.Formats;

/// <summary>Random choices for each example in addition to its template; each has a column.</summary>
[Flags]
internal enum Traces
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>variant</c>: the words of the template's variants, as in <c>verb=Read; noun=text</c>; empty for a template without any.</summary>
    Variant = 1,

    /// <summary><c>options_layout</c>: name of the layout in which the input shows the options; <c>none</c> if it shows none.</summary>
    Layout = 2,

    /// <summary><c>template_type</c>: <c>zs_opt</c>, <c>zs_noopt</c>, <c>fs_opt</c> or <c>fs_noopt</c>, as in Flan 2022.</summary>
    Shape = 4,

    /// <summary><c>exemplars</c>: task, split, row and template of each exemplar, in the order of the prompt.</summary>
    Exemplars = 8,
}

/// <summary>The columns of <see cref="Traces"/>. They have as many texts as templates have variants, so all are kept.</summary>
internal static class TraceColumns
{
    private static readonly Column[] ExemplarFields =
        [new("task", ColumnType.Text), new("split", ColumnType.Text), new("row", ColumnType.Integer), new("template", ColumnType.Text)];

    private static readonly SharedText Empty = new(string.Empty);

    /// <summary>The columns of the choices.</summary>
    public static IEnumerable<FormatColumn> Of(Traces traces)
    {
        if (traces.HasFlag(Traces.Variant))
        {
            ConcurrentDictionary<(CompiledTemplate, int), SharedText> variants = new();
            yield return CommonColumns.Text("variant", "words of the template's variants; empty for a template without any", (in example, record) => record.Text(
                example.Template.Variants.Length == 0 ? Empty
                : variants.GetOrAdd((example.Template, example.Variant), static key => new SharedText(key.Item1.Definition.DescribeText(key.Item2)))));
        }

        if (traces.HasFlag(Traces.Layout))
        {
            ConcurrentDictionary<string, SharedText> layouts = new(StringComparer.Ordinal);
            yield return CommonColumns.Text(
                "options_layout", "layout in which the input shows the options", (in example, record) => record.Text(layouts.GetOrAdd((example.Layout ?? OptionsLayout.Hidden).Name, static name => new SharedText(name))));
        }

        if (traces.HasFlag(Traces.Shape))
            yield return CommonColumns.Text("template_type", "whether the input has exemplars (fs) and shows options (opt), as in Flan 2022", (in example, record) => record.Text(PromptShapes.TextOf(example.Shape)));

        if (traces.HasFlag(Traces.Exemplars))
        {
            yield return new FormatColumn(
                new Column("exemplars", ColumnType.Object, IsList: true, ExemplarFields) { Meaning = "the exemplars before the query, in their order" }, (in example, record) => Write(example.Exemplars, record));
        }
    }

    private static void Write(ExemplarBuffer exemplars, RecordWriter record)
    {
        record.StartList();
        for (var i = 0; i < exemplars.Count; i++)
        {
            var exemplar = exemplars[i];
            record.StartObject();
            record.Text(exemplar.Origin.Task);
            record.Text(exemplar.Origin.Split);
            record.Integer(exemplar.Row);
            record.Text(exemplar.Origin.Template);
            record.EndObject();
        }

        record.EndList();
    }
}
