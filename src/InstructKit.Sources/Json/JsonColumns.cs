namespace InstructKit.Sources.Json;

/// <summary>Columns of formats whose records are JSON objects: keys of the first records and levels of the path.</summary>
internal static class JsonColumns
{
    // Enough to find keys that first occur late, and little enough to take well under a second for a file of any size.
    private const int MaxRows = 20_000;
    private const int MaxBytes = 16 << 20;

    public static IEnumerable<string> Of(SourceInput input) => Of(input, isWhole: false);

    /// <summary>The columns, of all records or of the first ones.</summary>
    public static IEnumerable<string> Of(SourceInput input, bool isWhole) => Keys(input, isWhole ? (long.MaxValue, long.MaxValue) : (MaxRows, MaxBytes)).Concat(Levels(input.Spec));

    private static string[] Levels(SourceSpec spec)
    {
        if (spec.Records is null) return [];

        var path = RecordPath.Parse(spec.Records);
        return path.Steps.Any(step => step.Kind == RecordStepKind.Values) ? [.. path.Levels, "key"] : [.. path.Levels];
    }

    private static List<string> Keys(SourceInput input, (long Rows, long Bytes) most)
    {
        using var reader = input.Open([SourceInput.WholeRecord], input.ChunkBytes);
        using var batch = new RowBatch(1);
        var rules = new JsonRules(input.Spec);
        List<string> names = [];
        var seen = new HashSet<byte[]>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
        HashSet<string> known = new(StringComparer.Ordinal);
        var bytes = 0L;
        for (var rows = 0L; rows < most.Rows && bytes < most.Bytes && reader.ReadChunk(batch); rows += batch.Count)
        {
            bytes += batch.Used;
            reader.Parse(batch);
            for (var i = 0; i < Math.Min(batch.Count, most.Rows - rows); i++)
            {
                if (batch.Row(i)[0] is { Kind: CellKind.Json } cell) AddKeys(batch.Bytes(cell), rules, input.Spec.Limits.MaxColumns, seen, known, names);
            }
        }

        return names;
    }

    private static void AddKeys(ReadOnlySpan<byte> json, JsonRules rules, int maxColumns, HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> seen, HashSet<string> known, List<string> names)
    {
        var scanner = new JsonScanner(json, rules, checksKeys: false);
        if (!scanner.TryPass((byte)'{')) return;

        scanner.SkipSpace();
        while (scanner.Peek == '"' && names.Count < maxColumns)
        {
            var start = scanner.Position + 1;
            scanner.String(out _, out _);
            var key = json[start..(scanner.Position - 1)];
            if (seen.Add(key))
            {
                var name = Encoding.UTF8.GetString(JsonText.Plain(key));
                if (known.Add(name)) names.Add(name);
            }

            scanner.Colon();
            scanner.SkipItem();
        }
    }
}
