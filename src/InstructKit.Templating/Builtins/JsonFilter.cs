namespace InstructKit.Templating;

/// <summary>The <c>tojson</c> filter: Jinja's own (sorted keys, ASCII, safe for HTML), or that of chat templates.</summary>
internal static class JsonFilter
{
    public static Value Run(RenderContext context, Value self, scoped Arguments arguments)
    {
        var isChat = context.Settings.Dialect == Dialect.Chat;
        if (!isChat && (arguments.Has(1) || arguments.Has(2) || arguments.Has(3))) throw TemplateFault.Type("tojson() got an unexpected keyword argument");
        var indent = IndentOf(context, arguments[0]);
        var (items, keys) = SeparatorsOf(arguments[2], indent);
        var printer = new JsonPrinter
        {
            Indent = indent,
            ItemSeparator = items,
            KeySeparator = keys,
            AsciiOnly = isChat ? arguments.IsTrue(1) : true,
            HtmlSafe = !isChat,
            SortKeys = isChat ? arguments.IsTrue(3) : true,
        };
        var output = context.BeginCapture();
        printer.Append(self, output, 0);
        output.CheckCeiling();
        var json = context.EndCapture(output);
        return isChat ? json : json.AsSafe();
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
            : throw TemplateFault.Type("separators must be a pair of texts");
    }
}
