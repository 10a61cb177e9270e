using System.Collections.Concurrent;
using InstructKit.Examples;
using InstructKit.Templates;

namespace InstructKit.Formats;

/// <summary>What a build draws for each example beside its template; every one of them has a column.</summary>
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

/// <summary>The columns of <see cref="Traces"/>. There are as many texts in them as templates have variants, so all are kept.</summary>
internal static class TraceColumns
{
    private static readonly SharedText Empty = new(string.Empty);

    /// <summary>The columns of what is drawn.</summary>
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
    }
}
