using InstructKit.Parquet;
using InstructKit.Parquet.Format;

namespace InstructKit.Tests.Parquet;

/// <summary>Reads whole files and returns their rows as JSON objects, one per line.</summary>
internal static class RowsAsJson
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "parquet", name);

    public static List<string> Read(string path, ParquetReaderOptions? options = null, params string[] columns)
    {
        using var file = ParquetFile.Open(path, options);
        List<string> rows = [];
        foreach (var group in file.RowGroups)
            rows.AddRange(ReadGroup(file, group.Index, columns.Length > 0 ? columns : [.. file.Columns.Select(column => column.Name)]));

        return rows;
    }

    public static List<string> ReadGroup(ParquetFile file, int group, IReadOnlyList<string> columns)
    {
        List<string> lines = [];
        using var rows = new RowBatch(columns.Count);
        using var reader = file.OpenRowGroup(group, columns);
        while (reader.Read(rows))
        {
            if (reader.InvalidTexts.Any(text => !text.IsNested)) throw new InvalidOperationException("invalid text");

            for (var i = 0; i < rows.Count; i++) lines.Add(Show(rows, i, columns));
        }

        return lines;
    }

    private static string Show(RowBatch rows, int row, IReadOnlyList<string> columns)
    {
        List<string> members = [];
        for (var i = 0; i < columns.Count; i++)
        {
            var cell = rows.Row(row)[i];
            var text = Encoding.UTF8.GetString(rows.Bytes(cell));
            var value = cell.Kind switch
            {
                CellKind.Missing => null,
                CellKind.Null => "null",
                CellKind.True => "true",
                CellKind.False => "false",
                CellKind.Text => Quote(text),
                _ => text,
            };
            if (value is not null) members.Add($"{Quote(columns[i])}:{value}");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    // Not System.Text.Json: it escapes emoji even when relaxed.
    internal static string Quote(string text) => string.Concat("\"", string.Concat(text.Select(character => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        < ' ' => $"\\u{(int)character:x4}",
        _ => character.ToString(),
    })), "\"");
}
