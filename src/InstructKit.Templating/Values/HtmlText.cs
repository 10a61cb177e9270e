using InstructKit.Text;

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

        var plain = new Utf8Output(64);
        PythonPrinter.AppendStr(value, plain);
        AppendEscaped(plain.Written, output);
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
