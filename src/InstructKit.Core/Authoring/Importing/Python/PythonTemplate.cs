using System.Text;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>Writes a translation as a template.</summary>
internal static class PythonTemplate
{
    /// <summary>A template that prints a value after the statements that it needs.</summary>
    public static string Write(IReadOnlyList<string> statements, PythonMeaning value)
    {
        var template = new StringBuilder();
        foreach (var statement in statements) template.Append(statement).Append('\n');

        IReadOnlyList<(PythonMeaning Value, bool IsPrinted)> pieces = value is PythonMeaning.Joined joined ? joined.Pieces : [(value, true)];
        for (var i = 0; i < pieces.Count; i++)
        {
            var (piece, isPrinted) = pieces[i];
            if (piece is PythonMeaning.Constant { Value: string text })
            {
                // A statement takes the white space behind it, and the last line end of a file may be cut.
                var isAtEdge = (i == 0 && statements.Count > 0 && text.Length > 0 && char.IsWhiteSpace(text[0])) || (i == pieces.Count - 1 && text.EndsWith('\n'));
                template.Append(isAtEdge ? $"{{{{ {JinjaLiteral.Quoted(text)} }}}}" : JinjaLiteral.Of(text));
                continue;
            }

            var isText = isPrinted || PythonCode.KindOf(piece) == PythonKind.Text;
            var code = isText ? PythonCode.TryText(piece, PythonCode.Choice) : PythonCode.TryText(piece, PythonCode.Concat) is { } own ? $"{own} + ''" : null;
            template.Append("{{ ").Append(code ?? "''").Append(" }}");
        }

        return template.ToString();
    }
}
