namespace InstructKit.Templating;

/// <summary>
/// promptsource's guard of the separator: <c>|||</c> inside a top-level text of the row becomes a fixed token while the template runs. The token
/// is part of the format, because templates name it.
/// </summary>
/// <param name="splitAtData">Data that holds a separator in nested values, or the token, divides the result too, as in promptsource.</param>
internal sealed class SeparatorGuard(bool splitAtData)
{
    /// <summary>The token that promptsource uses (promptsource/templates.py, commit 7dab96a).</summary>
    public static readonly byte[] Token = "3ed2dface8203c4c9dfb1a5dc58e41e0"u8.ToArray();

    /// <summary>A separator written in a template, told apart from data by bytes that no UTF-8 text contains.</summary>
    public static readonly byte[] Marker = [0xff, 0xff, 0xff];

    /// <summary>The token as it stands in data, hidden behind a byte that no UTF-8 text contains.</summary>
    private static readonly byte[] HiddenToken = [0xfe, .. "ed2dface8203c4c9dfb1a5dc58e41e0"u8];

    /// <summary>What divides the pieces of a rendered template.</summary>
    public ReadOnlySpan<byte> Separator => splitAtData ? "|||"u8 : Marker;

    /// <summary>The cell's value, with its separators replaced when it is a text that holds one.</summary>
    public Value Read(RenderContext context, byte[] buffer, Cell cell)
    {
        if (!splitAtData && cell.Kind is CellKind.Json or CellKind.Text or CellKind.EscapedText)
        {
            var bytes = buffer.AsSpan(cell.Offset, cell.Length);
            if (bytes.IndexOf(Token) >= 0)
            {
                buffer = bytes.ToArray();
                cell = cell with { Offset = 0 };
                Hide(buffer);
            }
        }

        return Protect(context, CellReader.Read(buffer, cell));
    }

    /// <summary>Guards a value that does not come from a cell.</summary>
    public static Value Protect(RenderContext context, Value value) =>
        value.IsText && value.TextSpan.IndexOf("|||"u8) >= 0 ? TextEdits.Replace(context, value, "|||"u8, Token, -1) : value;

    /// <summary>Turns the token back into what it stands for.</summary>
    public static Value Restore(RenderContext context, Value piece)
    {
        var restored = TextEdits.Replace(context, piece, Token, "|||"u8, -1);
        return TextEdits.Replace(context, restored, HiddenToken, Token, -1);
    }

    private static void Hide(Span<byte> bytes)
    {
        for (var at = bytes.IndexOf(Token); at >= 0; at = bytes.IndexOf(Token)) bytes[at] = HiddenToken[0];
    }
}
