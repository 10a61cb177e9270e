namespace InstructKit.Sources;

/// <summary>Looks names up in a list of columns.</summary>
internal static class ColumnNames
{
    /// <summary>Index of the name, or -1.</summary>
    public static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (string.Equals(columns[i], name, StringComparison.Ordinal)) return i;
        }

        return -1;
    }
}
