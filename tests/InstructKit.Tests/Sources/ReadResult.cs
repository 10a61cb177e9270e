using InstructKit.Sources;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>Everything a reader returned for its rows, as text for comparing two runs.</summary>
internal sealed record ReadResult(IReadOnlyList<string> Rows, IReadOnlyList<string> Raw, long Replacements, IReadOnlyList<ReadPlace> Places, IReadOnlyList<string> Repaired)
{
    /// <summary>Only the rows that have no fault.</summary>
    public IReadOnlyList<string> Good => [.. Rows.Where(row => !row.Contains(" !IK", StringComparison.Ordinal)).Select(row => row[(row.IndexOf(' ', StringComparison.Ordinal) + 1)..])];

    public IReadOnlyList<string> Faults => [.. Rows.Where(row => row.Contains(" !IK", StringComparison.Ordinal))];

    public static ReadResult Of(RowReader reader)
    {
        using (reader)
        {
            using var batch = new RowBatch(reader.Columns.Count);
            List<string> rows = [];
            List<string> raw = [];
            List<ReadPlace> places = [];
            List<string> repaired = [];
            var replacements = 0L;
            while (reader.ReadChunk(batch))
            {
                reader.Parse(batch);
                replacements += batch.Replacements;
                for (var i = 0; i < batch.Count; i++)
                {
                    rows.Add(Describe(reader, batch, i));
                    raw.Add(Encoding.UTF8.GetString(batch.Raw(i)));
                    places.Add(new ReadPlace(batch.Place(i).File, batch.Place(i).Offset, batch.Raw(i).ToArray()));
                }

                repaired.AddRange(batch.Repairs.Select(mending => $"{batch.Place(mending.Row).File}:{batch.Place(mending.Row).Line} {mending.What}"));
            }

            return new ReadResult(rows, raw, replacements, places, repaired);
        }
    }

    private static string Describe(RowReader reader, RowBatch batch, int row)
    {
        var place = batch.Place(row);
        var text = new StringBuilder($"{place.File}:{place.Line}");
        var fault = batch.Faults.Where(fault => fault.Row == row).ToList();
        if (fault.Count > 0)
        {
            Assert.Single(fault);
            Assert.All(batch.Row(row).ToArray(), cell => Assert.Equal(CellKind.Missing, cell.Kind));
            return text.Append(" !").Append(fault[0].Code).Append('@').Append(fault[0].Column).Append(' ').Append(fault[0].Message).ToString();
        }

        for (var i = 0; i < reader.Columns.Count; i++)
        {
            var cell = batch.Row(row)[i];
            var bytes = Encoding.UTF8.GetString(batch.Bytes(cell));
            Assert.False(cell.IsVerbatim && (cell.Kind != CellKind.Text || bytes.Any(character => character is < ' ' or '"' or '\\')), bytes);
            text.Append(i == 0 ? " " : "|").Append(cell.Kind switch
            {
                CellKind.Missing => "-",
                CellKind.Null => "null",
                CellKind.Text => $"'{bytes}'",
                CellKind.EscapedText => $"e'{bytes}'",
                CellKind.Integer => $"i{bytes}",
                CellKind.Float => $"f{bytes}",
                CellKind.True => "true",
                CellKind.False => "false",
                _ => bytes,
            });
        }

        return text.ToString();
    }
}
