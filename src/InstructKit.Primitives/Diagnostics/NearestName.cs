namespace InstructKit.Diagnostics;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    /// <summary>Up to <paramref name="count"/> of the known names, nearest first, ties in ordinal order. A name is near when at most a third of its letters
    /// (but at least one) differ, a swap of neighbours counting once, or when one contains the other.</summary>
    public static IReadOnlyList<string> Find(string given, IEnumerable<string> known, int count = 3) =>
        [.. known
            .Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Cost: Cost(given, name)))
            .Where(pair => pair.Cost <= Math.Max(1, Math.Max(given.Length, pair.Name.Length) / 3))
            .OrderBy(pair => pair.Cost)
            .ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Take(count)
            .Select(pair => pair.Name)];

    /// <summary>A sentence such as <c>Did you mean 'premise'?</c>; null when nothing is near.</summary>
    public static string? Hint(string given, IEnumerable<string> known) => Find(given, known) switch
    {
        [] => null,
        [var one] => $"Did you mean '{one}'?",
        var several => $"Did you mean {string.Join(", ", several.Take(several.Count - 1).Select(name => $"'{name}'"))} or '{several[^1]}'?",
    };

    private static int Cost(string a, string b)
    {
        a = a.ToLowerInvariant();
        b = b.ToLowerInvariant();
        if (a.Length >= 3 && b.Length >= 3 && (a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal))) return 1;

        // Optimal string alignment: insert, delete, replace, swap neighbours.
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;

        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
