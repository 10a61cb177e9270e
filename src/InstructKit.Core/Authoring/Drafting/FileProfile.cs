using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Columnar;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Profile of the columns from the rows of all files.</summary>
/// <param name="Rows">Rows of the training files.</param>
/// <param name="Notes">Rows that do not fit, by line.</param>
/// <param name="Unlabelled">For each role and column, the number of rows without a label and of all rows.</param>
internal sealed record FileProfile(
    IReadOnlyList<ColumnProfile> Columns, long Rows, IReadOnlyList<string> Notes, IReadOnlyDictionary<(SliceKind Role, string Column), (long Without, long Negative, long All)> Unlabelled)
{
    // Number of rows whose cells are sampled; the distance doubles each time that many have been sampled, so they are spread over a file of any length.
    private const int SampleRows = 5_000;

    // Parquet has row counts without reading the rows.
    private const int MaxParquetRows = 100_000;

    private const int NamedFaults = 5;

    private static readonly string[] Keywords = ["true", "false", "none", "and", "or", "not", "in", "is", "if", "else", "True", "False", "None"];

    // Names that the task or the language defines in templates.
    private static readonly string[] Kept =
    [
        .. Keywords, "answer", "answers", "options", "options_block", "row", DraftTemplates.EntryField, DraftTemplates.DialogueField, "loop", "turn", "elif", "for", "range", "dict", "namespace", "zip", "cycler", "joiner", "lipsum",
    ];

    /// <summary>Reads the files.</summary>
    /// <param name="files">The files of each role.</param>
    /// <exception cref="DiagnosticException">They cannot be read, or have no rows.</exception>
    public static FileProfile Of(SourceSpec spec, IReadOnlyDictionary<SliceKind, IReadOnlyList<SourceFile>> files)
    {
        SourcePart[] train = [new SourcePart(null, files[SliceKind.Train])];
        var found = RowReaders.AllColumns(spec, train);
        var names = found.Where(name => name.Length > 0 && name != "_" && !(spec.Records == "*" && name is "key" or "value")).ToList();
        var tallies = names.ConvertAll(name => new ColumnTally(name));
        Dictionary<(SliceKind, string), (long, long, long)> unlabelled = [];
        List<string> notes = found.Contains(string.Empty) ? ["the key without a name, \"\", is left out"] : [];
        var total = 0L;
        foreach (var (role, list) in files.OrderBy(pair => pair.Key))
        {
            var own = names.ConvertAll(name => new ColumnTally(name));
            SourcePart[] parts = [new SourcePart(null, list)];
            var rows = Visit(spec, parts, names, own, tallies, notes);
            if (role == SliceKind.Train) total = rows;

            foreach (var (tally, name) in own.Zip(names)) unlabelled[(role, name)] = (tally.Unlabelled, tally.Negative, tally.Rows);
        }

        var path = files[SliceKind.Train][0].Path;
        if (total == 0) throw new DiagnosticException(new Diagnostic(DraftCodes.TooLittle, Severity.Error, $"'{path}' has no rows."));

        var labels = spec.Format == SourceFormats.Parquet ? ParquetSource.ClassLabelsOf(files[SliceKind.Train][0]) : new Dictionary<string, IReadOnlyList<string>>();
        HashSet<string> taken = new(Kept, StringComparer.Ordinal);
        var isDelimited = spec.Format == SourceFormats.Csv || spec.Format == SourceFormats.Tsv;
        var hidesRow = names.Contains("row");
        List<ColumnProfile> columns = [];
        foreach (var (tally, name) in tallies.Zip(names))
        {
            // A column of this name hides the whole record, so the others are only accessible by name.
            var expression = name == "row" || (hidesRow && IsVariable(name)) ? name : null;
            if (hidesRow && expression is null) notes.Add($"'{name}' is left out: next to a column 'row' an expression cannot name it");
            else columns.Add(tally.Profile(Free(name, taken), isDelimited) with { Labels = labels.GetValueOrDefault(name), Expression = expression });
        }

        // If a row has just one object, such as the two sides of a translation, its texts are the columns.
        if (columns.Where(column => !column.IsIdentifier).ToList() is [{ Shape.Kind: ShapeKind.Nested, Parts.Count: >= 2 } whole])
        {
            columns.Remove(whole);
            columns.AddRange(whole.Parts.Select(part => new ColumnProfile($"{whole.Source}.{part}", Free(part, taken), ColumnType.String, whole.Nullable, null, false, false, whole.MeanLength / whole.Parts.Count)
            {
                Rows = whole.Rows,
                Expression = whole.Nullable ? $"({Cell(whole)} or {{}}){Item(part)}" : $"{Cell(whole)}{Item(part)}",
            }));
            foreach (var role in files.Keys)
            {
                foreach (var part in columns) unlabelled.TryAdd((role, part.Source), (0, 0, total));
            }
        }

        return new FileProfile(columns, total, notes, unlabelled);
    }

    /// <summary>The expression of a column's value in the source row.</summary>
    public static string Cell(ColumnProfile column) => column.Expression ?? $"row{Item(column.Source)}";

    private static string Item(string key) => $"['{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}']";

    private static bool IsVariable(string name) => !Keywords.Contains(name) && !char.IsDigit(name[0]) && name.All(letter => char.IsLetterOrDigit(letter) || letter == '_');

    private static long Visit(SourceSpec spec, SourcePart[] parts, List<string> names, List<ColumnTally> own, List<ColumnTally> all, List<string> notes)
    {
        using var reader = RowReaders.Open(spec, parts, names);
        var (stride, taken, faults) = (1L, 0L, 0L);
        List<string> places = [];
        DiagnosticException? first = null;
        var isParquet = spec.Format == SourceFormats.Parquet;
        var read = RowPass.Visit(reader, (batch, row, ordinal, error) =>
        {
            if (error is { } fault)
            {
                var place = batch.Place(row);
                first ??= new DiagnosticException(new Diagnostic(fault.Code, Severity.Error, $"{reader.Files[place.File]}:{place.Line}: {fault.Message}"));
                if (faults++ < NamedFaults) places.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{reader.Files[place.File]}:{place.Line}: {fault.Code}: {fault.Message}"));

                return true;
            }

            var isSampled = ordinal % stride == 0;
            if (isSampled && ++taken % SampleRows == 0) stride *= 2;

            for (var i = 0; i < names.Count; i++)
            {
                all[i].Add(batch, batch.Row(row)[i], isSampled);
                own[i].Add(batch, batch.Row(row)[i], isSampled: false);
            }

            return !isParquet || ordinal + 1 < MaxParquetRows;
        });
        if (faults > 0 && faults == read) throw first!; // some row has one

        if (faults > 0) notes.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{faults} {(faults == 1 ? "row does" : "rows do")} not fit ({string.Join("; ", places)}{(faults > NamedFaults ? "; …" : string.Empty)})"));

        return isParquet ? RowPass.Count(spec, parts) : read;
    }

    // A unique name usable in expressions.
    private static string Free(string source, HashSet<string> taken)
    {
        var letters = new string([.. source.Select(letter => char.IsLetterOrDigit(letter) ? letter : '_')]).Trim('_');
        var name = letters.Length == 0 ? "column" : char.IsDigit(letters[0]) ? $"column_{letters}" : letters;
        var free = name;
        for (var n = 2; !taken.Add(free); n++) free = n == 2 ? $"given_{name}" : $"{name}_{n}";

        return free;
    }
}
