using InstructKit.Cells;

namespace InstructKit.Sources.Json;

/// <summary>Reads a slice of a batch that is one JSON value.</summary>
internal static class JsonValue
{
    /// <summary>Checks the slice, which belongs to the row added last, and makes a cell of it. False, with the reason, when it is not one valid value.</summary>
    public static bool TryRead(RowBatch batch, int start, int length, JsonRules rules, out Cell cell, out string code, out string message, out int column)
    {
        batch.Reserve(length);
        var scanner = new JsonScanner(batch.Buffer.AsSpan(start, length), rules);
        scanner.SkipSpace();
        var parsed = scanner.Value(out var kind, out var at, out var count, out var canonical, 0);
        if (parsed)
        {
            scanner.SkipSpace();
            parsed = scanner.AtEnd || scanner.Fail("expected the end of the line behind the value");
        }

        if (parsed && scanner.Mended != RowRepairs.None) batch.AddRepair(scanner.Mended);

        cell = parsed ? JsonObjectParser.CellOf(batch, kind, start + at, count, canonical) : Cell.Missing;
        code = scanner.ErrorCode;
        message = scanner.Error ?? string.Empty;
        column = scanner.Position;
        return parsed;
    }
}
