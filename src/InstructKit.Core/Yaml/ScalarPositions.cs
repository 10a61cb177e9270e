namespace InstructKit.Yaml;

/// <summary>Turns positions in a decoded scalar into positions of the file, so that an error in a template points into the YAML file.</summary>
internal static class ScalarPositions
{
    /// <summary>The decoded text of a scalar as a source whose positions are the file's.</summary>
    public static SourceText Embed(SourceText file, SourceSpan span, string text, ScalarForm form)
    {
        // Most scalars never need a position, so it is computed when asked for.
        var toFile = new Lazy<Func<LinePosition, LinePosition>>(() => ToFile(file, span, text, form));
        return SourceText.Embedded(file.Name, text, own => toFile.Value(own), file);
    }

    private static Func<LinePosition, LinePosition> ToFile(SourceText file, SourceSpan span, string text, ScalarForm form)
    {
        var start = file.PositionAt(span.Offset);
        switch (form)
        {
            case ScalarForm.Literal:
                // Line i of the text is line i + 1 after the indicator, shifted by the block's indentation.
                var indent = Indentation(file, start.Line + 1, text);
                return own => new LinePosition(start.Line + 1 + own.Line, own.Column + indent);

            case ScalarForm.DoubleQuoted when !span.Text.Contains('\n', StringComparison.Ordinal):
                var columns = QuotedColumns(span.Text);
                var decoded = SourceText.FromText(file.Name, text);
                return own => new LinePosition(start.Line, start.Column + ColumnOf(decoded, columns, own));

            case ScalarForm.SingleQuoted when !span.Text.Contains('\n', StringComparison.Ordinal):
                return own => new LinePosition(start.Line, start.Column + 1 + own.Column);

            case ScalarForm.Plain when !span.Text.TrimEnd().Contains('\n', StringComparison.Ordinal):
                return own => new LinePosition(start.Line, start.Column + own.Column);

            default:
                // Folded over several lines: the scalar's own start is the best available position.
                return _ => start;
        }
    }

    private static int Indentation(SourceText file, int firstLine, string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length && firstLine + i < file.LineCount; i++)
        {
            if (lines[i].Length > 0) return Math.Max(0, file.LineAt(firstLine + i).Length - lines[i].TrimEnd('\r').Length);
        }

        return 0;
    }

    // Column, relative to the opening quote, of every character of a double-quoted scalar on one line.
    private static int[] QuotedColumns(string quoted)
    {
        List<int> columns = [];
        for (var i = 1; i < quoted.Length - 1;)
        {
            columns.Add(i);
            if (quoted[i] != '\\')
            {
                i++;
                continue;
            }

            var length = i + 1 < quoted.Length ? quoted[i + 1] switch { 'x' => 4, 'u' => 6, 'U' => 10, _ => 2 } : 1;
            if (length == 10)
            {
                // Beyond the basic plane the decoded text has two units.
                columns.Add(i);
            }

            i += length;
        }

        columns.Add(quoted.Length - 1);
        return [.. columns];
    }

    private static int ColumnOf(SourceText decoded, int[] columns, LinePosition own)
    {
        var offset = own.Column;
        for (var line = 0; line < own.Line; line++) offset += decoded.LineAt(line).Length + 1;

        return columns[Math.Min(offset, columns.Length - 1)];
    }
}
