namespace InstructKit.Templating.Values;

/// <summary>HTML escaping as MarkupSafe does it.</summary>
internal static class HtmlText
{
    /// <summary>Appends the value's text, escaped unless it is marked safe.</summary>
    public static void Append(Value value, Utf8Output output)
    {
        if (value.IsSafe)
        {
            output.AppendText(value.TextSpan);
            return;
        }

        if (value.IsText)
        {
            AppendEscaped(value.TextSpan, output);
            return;
        }

        var plain = new Utf8Output(64) { Ceiling = output.Ceiling, Budget = output.Budget };
        PythonPrinter.AppendStr(value, plain);
        AppendEscaped(plain.Written, output);
    }

    /// <summary>MarkupSafe's join of texts: plain unless one is safe, in which case the others are escaped.</summary>
    public static Value Join(RenderContext context, ReadOnlySpan<Value> parts, Value separator)
    {
        var isSafe = separator.IsSafe;
        foreach (var part in parts) isSafe |= part.IsSafe;
        var output = context.BeginCapture();
        for (var i = 0; i < parts.Length; i++)
        {
            context.Step();
            if (i > 0) Append(separator, output, isSafe);
            Append(parts[i], output, isSafe);
            output.CheckCeiling();
        }

        var joined = context.EndCapture(output);
        return isSafe ? joined.AsSafe() : joined;
    }

    private static void Append(Value value, Utf8Output output, bool escape)
    {
        if (escape) Append(value, output);
        else PythonPrinter.AppendStr(value, output);
    }

    public static Value Escape(RenderContext context, Value value)
    {
        if (value.IsSafe) return value;
        var output = context.BeginCapture();
        Append(value, output);
        output.CheckCeiling();
        return context.EndCapture(output).AsSafe();
    }

    private static void AppendEscaped(ReadOnlySpan<byte> text, Utf8Output output)
    {
        while (!text.IsEmpty)
        {
            var at = text.IndexOfAny("&<>\"'"u8);
            if (at < 0)
            {
                output.AppendText(text);
                return;
            }

            output.AppendText(text[..at]);
            output.AppendText(text[at] switch
            {
                (byte)'&' => "&amp;"u8,
                (byte)'<' => "&lt;"u8,
                (byte)'>' => "&gt;"u8,
                (byte)'"' => "&#34;"u8,
                _ => "&#39;"u8,
            });
            text = text[(at + 1)..];
        }
    }
}
