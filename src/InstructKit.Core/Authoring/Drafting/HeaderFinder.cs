using InstructKit.Sources.Delimited;

namespace InstructKit.Authoring.Drafting;

/// <summary>Where the table of a delimited file begins and the names of its fields.</summary>
/// <param name="SkipLines">Lines above it.</param>
/// <param name="HasHeader">False when its first line is data.</param>
/// <param name="Names">The names that the layout must give; null if the header's own suffice.</param>
/// <param name="Notes">The findings, each with its line.</param>
internal sealed record FoundHeader(int SkipLines, bool HasHeader, IReadOnlyList<string>? Names, IReadOnlyList<string> Notes);

/// <summary>Finds the header among a file's first records: below titles and comments, with missing or duplicate names, or no header at all.</summary>
internal static class HeaderFinder
{
    private static readonly string[] KnownNames =
    [
        "id", "idx", "index", "text", "label", "labels", "sentence", "question", "answer", "input", "output", "target", "title", "class", "category", "score", "name", "date", "context", "prompt",
    ];

    /// <summary>Finds it; null when the records have fewer than two fields.</summary>
    public static FoundHeader? Find(IReadOnlyList<SampleRecord> records)
    {
        if (records.Count == 0) return null;

        // Titles are few, so the most common number of fields is the table's.
        var width = records.GroupBy(record => record.Fields.Count).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
        if (width < 2) return null;

        var top = Top(records, width);
        if (top >= records.Count) return null;

        List<string> notes = [];
        var fields = records[top].Fields;
        var skip = top == 0 ? 0 : (int)records[top].Line - 1;
        if (skip > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"line{(skip == 1 ? " 1 is" : $"s 1 to {skip} are")} above the header and skipped (`skip_lines: {skip}`)"));

        List<SampleRecord> rows = [.. records.Skip(top + 1).Where(record => record.Fields.Count == width)];
        if (fields.Count == width && !IsHeader(fields, rows))
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"line {records[top].Line} looks like data, so the file has no header; the layout names the columns (`columns:`)"));
            return new FoundHeader(skip, false, [.. Enumerable.Range(1, width).Select(i => string.Create(CultureInfo.InvariantCulture, $"column_{i}"))], notes);
        }

        // A column of row names has no header (R's write.table); a trailing delimiter adds a field to the header only.
        List<string> names = fields.Count < width ? [string.Empty, .. fields] : [.. fields.Take(width)];
        var given = Given(names, records[top].Line, notes);
        return new FoundHeader(skip, true, given || fields.Count != width ? names : null, notes);
    }

    private static bool Given(List<string> names, long line, List<string> notes)
    {
        var isGiven = false;
        HashSet<string> taken = new(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Length == 0)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}: column {i + 1} of the header has no name and is left out (`_` in `columns:`)"));
                names[i] = HeaderRow.Unnamed;
                isGiven = true;
            }
            else if (names[i] != HeaderRow.Unnamed && !taken.Add(names[i]))
            {
                var own = names[i];
                for (var n = 2; !taken.Add(own) || names.Contains(own); n++) own = string.Create(CultureInfo.InvariantCulture, $"{names[i]}_{n}");

                notes.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}: column {i + 1} of the header is a second '{names[i]}', here called '{own}'"));
                names[i] = own;
                isGiven = true;
            }
        }

        return isGiven;
    }

    private static int Top(IReadOnlyList<SampleRecord> records, int width)
    {
        // A first record with one field fewer than the others, not followed by a header: names of all columns but the row names.
        if (width > 2 && records[0].Fields.Count == width - 1 && records[0].Fields.All(field => field.Length > 0) && records.Count > 2
            && Numbers(records[0].Fields) == 0 && !HasEvidence(records[1].Fields, [.. records.Skip(2)]))
            return 0;

        var top = 0;
        while (top + 1 < records.Count && IsComment(records, top, width)) top++;

        var usual = records.Skip(records.Count / 2).Max(record => record.Fields.Count(field => field.Length > 0));
        while (top < records.Count && IsAbove(records[top].Fields, width, usual)) top++;

        return top;
    }

    // A mark at the beginning of a line makes it a comment, unless it belongs to the names: `#id,text` above rows.
    private static bool IsComment(IReadOnlyList<SampleRecord> records, int at, int width)
    {
        if (!records[at].Fields[0].StartsWith('#')) return false;

        var next = records[at + 1].Fields;
        return records[at].Fields.Count != width || next[0].StartsWith('#') || (next.Count == width && HasEvidence(next, [.. records.Skip(at + 2).Where(record => record.Fields.Count == width)]));
    }

    private static bool IsAbove(IReadOnlyList<string> fields, int width, int usual)
    {
        if (fields.Count < width) return true;

        if (fields.Count > width) return !fields.Skip(width).All(field => field.Length == 0);

        var filled = fields.Count(field => field.Length > 0);
        return filled == 0 || (filled == 1 && usual > 1 && fields[0].Length > 0 && (width > 2 || usual == width));
    }

    private static bool IsHeader(IReadOnlyList<string> fields, List<SampleRecord> rows)
    {
        if (rows.Count == 0 || HasEvidence(fields, rows)) return true;

        // Years and other numbers above numbers are names in wide tables.
        var numbers = fields.Where(IsNumber).ToList();
        if (numbers.Count > 1 && numbers.TrueForAll(number => number.Length == 4) && numbers.Distinct().Count() == numbers.Count) return true;

        for (var i = 0; i < fields.Count; i++)
        {
            var values = rows.ConvertAll(row => row.Fields[i]);
            if (IsNumber(fields[i]) && values.Count(IsNumber) * 2 > values.Count) return false;

            var same = values.Count(value => value == fields[i]);
            if (fields[i].Length > 0 && same > 0 && values.Distinct(StringComparer.Ordinal).Count() * 2 <= values.Count + 1) return false;

            if (fields[i].Split(' ').Length > 5 && fields[i].Length * 0.5 <= values.Average(value => value.Length)) return false;
        }

        return true;
    }

    // Typical header names, or words above numbers.
    private static bool HasEvidence(IReadOnlyList<string> fields, List<SampleRecord> rows)
    {
        if (fields.Any(field => KnownNames.Contains(field.Trim().ToLowerInvariant()))) return true;

        for (var i = 0; i < fields.Count; i++)
        {
            var column = i;
            if (fields[i].Length > 0 && !IsNumber(fields[i]) && rows.Count > 0 && rows.All(row => row.Fields.Count > column && IsNumber(row.Fields[column]))) return true;
        }

        return false;
    }

    private static int Numbers(IReadOnlyList<string> fields) => fields.Count(IsNumber);

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
