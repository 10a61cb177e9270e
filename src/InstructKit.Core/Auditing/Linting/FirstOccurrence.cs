namespace InstructKit.Auditing.Linting;

/// <summary>How often something was found, and where first.</summary>
/// <param name="Count">How often.</param>
/// <param name="Where">Place of the first, <c>file:line</c>.</param>
/// <param name="Message">What was wrong with it.</param>
internal sealed record FirstOccurrence(int Count, string Where, string Message)
{
    /// <summary>Counts one more in a table of findings.</summary>
    public static void Note<TKey>(Dictionary<TKey, FirstOccurrence> table, TKey key, string where, string message)
        where TKey : notnull =>
        table[key] = table.TryGetValue(key, out var first) ? first with { Count = first.Count + 1 } : new FirstOccurrence(1, where, message);

    /// <summary>As the end of a message: <c>3 rows, the first at file:12</c>.</summary>
    public string Rows => Count == 1 ? $"1 row, at {Where}" : $"{Count} rows, the first at {Where}";
}
