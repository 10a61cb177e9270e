using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>The <c>tojson</c> filter: Jinja's own (sorted keys, ASCII, safe for HTML), or that of chat templates.</summary>
internal static class JsonFilter
{
    /// <summary>Jinja's.</summary>
    public static Builtin Plain { get; } = new("tojson", ["indent?"], static (context, self, arguments) =>
    {
        var indent = IndentOf(context, arguments[0]);
        var (items, keys) = SeparatorsOf(Value.Missing, indent);
        return Write(context, self, new JsonPrinter { Indent = indent, ItemSeparator = items, KeySeparator = keys, AsciiOnly = true, HtmlSafe = true, SortKeys = true }).AsSafe();
    });

    /// <summary>That of chat templates, whose first parameter is another one.</summary>
    public static Builtin Chat { get; } = new("tojson", ["ensure_ascii?", "indent?", "separators?", "sort_keys?"], static (context, self, arguments) =>
    {
        var indent = IndentOf(context, arguments[1]);
        var (items, keys) = SeparatorsOf(arguments[2], indent);
        return Write(
            context, self, new JsonPrinter { Indent = indent, ItemSeparator = items, KeySeparator = keys, AsciiOnly = arguments.IsTrue(0), SortKeys = arguments.IsTrue(3) });
    });

    private static Value Write(RenderContext context, Value self, JsonPrinter printer)
    {
        var output = context.BeginCapture();
        printer.Append(self, output, 0);
        output.CheckCeiling();
        return context.EndCapture(output);
    }

    private static string? IndentOf(RenderContext context, Value indent)
    {
        if (indent.IsMissing || indent.IsNone) return null;
        if (indent.IsText) return indent.ToString();
        var width = Math.Max(0, Types.RequireInt(indent));
        context.Build(width);
        return new string(' ', width);
    }

    private static (string Items, string Keys) SeparatorsOf(Value separators, string? indent)
    {
        if (separators.IsMissing || separators.IsNone) return (indent is null ? ", " : ",", ": ");
        return separators.IsSequence && separators.Count == 2
            ? (separators[0].ToString(), separators[1].ToString())
            : throw TemplateError.Type("separators must be a pair of texts");
    }
}
