using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Looks at a sample file and proposes a task for it: format, columns, answer, options, splits and ten templates to begin with.</summary>
public static class TaskDrafter
{
    private const int MaxRows = 10_000;

    // More different answers than this are no list of labels.
    private const int MaxLabels = 30;

    private static readonly string[] AnswerNames =
    [
        "label", "labels", "target", "answer", "class", "category", "sentiment", "gold", "intent", "correct_answer", "answer_key", "correct", "solution", "output", "response",
        "completion", "summary", "highlights", "translation", "rating", "stars", "score",
    ];

    private static readonly string[] ChoiceNames = ["choices", "options", "candidates", "endings", "answers", "answer_choices"];

    // Names that a template has from the task or the language.
    private static readonly string[] Kept =
    [
        "answer", "answers", "options", "options_block", "row", DraftTemplates.EntryField, "loop", "true", "false", "none", "and", "or", "not", "in", "is", "if", "else", "elif", "for", "range", "dict", "namespace",
        "True", "False", "None", "zip", "cycler", "joiner", "lipsum",
    ];

    /// <summary>Drafts a task.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read (IK30xx), has too little in it (IK2701), or the named column is not there (IK2702).</exception>
    public static TaskDraft Draft(DraftRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var path = request.Files[SliceKind.Train];
        var file = new SourceFile(path, path.Replace('\\', '/'));
        if (!File.Exists(path)) throw Error(SourceCodes.FileMissing, $"There is no file '{path}'.", null);

        var (spec, dialects) = SpecOf(file);
        SourcePart[] parts = [new SourcePart(null, [file])];
        var columns = Profile(spec, parts);
        if (columns.Count < 2) throw Error(DraftCodes.TooLittle, $"'{path}' has {columns.Count} column(s); a task needs something to ask and an answer.", null);

        var answer = AnswerOf(columns, request.Answer, path);
        var choices = columns.FirstOrDefault(column => column != answer && column is { Type: ColumnType.List, HoldsTexts: true } && ChoiceNames.Contains(column.Source.ToLowerInvariant()));
        var rows = RowPass.Count(spec, parts);
        var shape = ShapeOf(answer, choices);
        var proposal = new DraftProposal(request, spec, columns, answer, shape == DraftShape.Choices ? choices : null, shape, rows, dialects);
        var (names, isBeside, root) = DraftPlaces.Of(request);
        return new TaskDraft(request.Key, DraftYaml.Write(proposal, names, isBeside), columns, answer.Source, dialects, isBeside, root);
    }

    private static (SourceSpec Spec, IReadOnlyList<DelimitedDialect> Dialects) SpecOf(SourceFile file)
    {
        var name = file.Path.ToLowerInvariant();
        foreach (var packed in (ReadOnlySpan<string>)[".gz", ".zst"]) name = name.EndsWith(packed, StringComparison.Ordinal) ? name[..^packed.Length] : name;

        switch (Path.GetExtension(name))
        {
            case ".jsonl" or ".ndjson":
                return (new SourceSpec { Format = SourceFormats.Jsonl }, []);
            case ".json":
                return (IsLines(file) ? new SourceSpec { Format = SourceFormats.Jsonl } : DocumentSpec(file), []);
            case ".parquet":
                return (new SourceSpec { Format = SourceFormats.Parquet }, []);
        }

        var dialects = DialectSniffer.Sniff(file);
        return dialects.Count > 0
            ? (dialects[0].Spec, dialects)
            : throw Error(
                DraftCodes.UnknownFormat,
                $"The format of '{file.Path}' cannot be told: it is not named .jsonl, .json or .parquet, and no delimiter gives two columns.",
                "Write the task file by hand; templates/README.md shows every format.");
    }

    // An object around a list of records, such as {"version": 1, "data": [...]}: the list is meant.
    private static SourceSpec DocumentSpec(SourceFile file)
    {
        var whole = new SourceSpec { Format = SourceFormats.Json };
        SourcePart[] parts = [new SourcePart(null, [file])];
        if (RowPass.Count(whole, parts) != 1) return whole;

        return RowReaders.DiscoverColumns(whole, parts).Select(name => whole with { Records = $"{name}[]" }).FirstOrDefault(spec => CountOf(spec) > 1) ?? whole;

        long CountOf(SourceSpec spec)
        {
            try
            {
                return RowPass.Count(spec, parts);
            }
            catch (DiagnosticException)
            {
                return 0;
            }
        }
    }

    // Many a .json holds one object a line.
    private static bool IsLines(SourceFile file)
    {
        var spec = new SourceSpec { Format = SourceFormats.Jsonl };
        using var reader = RowReaders.Open(spec, [new SourcePart(null, [file])], ["row"]);
        using var batch = new RowBatch(1);
        try
        {
            if (!reader.ReadChunk(batch)) return false;

            reader.Parse(batch);
            return batch.Count > 1 && batch.Faults.Count == 0;
        }
        catch (DiagnosticException)
        {
            return false; // the reader of whole documents will say what is wrong, if anything is
        }
    }

    private static List<ColumnProfile> Profile(SourceSpec spec, SourcePart[] parts)
    {
        var names = RowReaders.DiscoverColumns(spec, parts);
        var tallies = names.Select(name => new ColumnTally(name)).ToList();
        using var reader = RowReaders.Open(spec, parts, names);
        using var batch = new RowBatch(names.Count);
        var rows = 0;
        while (rows < MaxRows && reader.ReadChunk(batch))
        {
            reader.Parse(batch);
            var faulty = batch.Faults.Select(fault => fault.Row).ToHashSet();
            for (var row = 0; row < batch.Count && rows < MaxRows; row++, rows++)
            {
                for (var i = 0; i < tallies.Count && !faulty.Contains(row); i++) tallies[i].Add(batch, batch.Row(row)[i]);
            }
        }

        if (rows == 0) throw Error(DraftCodes.TooLittle, $"'{parts[0].Files[0].Path}' has no rows.", null);

        HashSet<string> taken = new(Kept, StringComparer.Ordinal);
        var isDelimited = spec.Format == SourceFormats.Csv || spec.Format == SourceFormats.Tsv;
        return [.. tallies.Zip(names, (tally, name) => tally.Profile(Free(name, taken), isDelimited))];
    }

    // A name that expressions can use and that nothing else has.
    private static string Free(string source, HashSet<string> taken)
    {
        var letters = new string([.. source.Select(letter => char.IsLetterOrDigit(letter) ? letter : '_')]).Trim('_');
        var name = letters.Length == 0 ? "column" : char.IsDigit(letters[0]) ? $"column_{letters}" : letters;
        var free = name;
        for (var n = 2; !taken.Add(free); n++) free = n == 2 ? $"given_{name}" : $"{name}_{n}";

        return free;
    }

    private static ColumnProfile AnswerOf(List<ColumnProfile> columns, string? wanted, string path)
    {
        if (wanted is not null)
        {
            return columns.Find(column => column.Source == wanted) ?? throw Error(
                DraftCodes.NoSuchColumn,
                $"'{path}' has no column '{wanted}'.",
                NearestName.Hint(wanted, columns.Select(column => column.Source)) ?? $"It has {string.Join(", ", columns.Select(column => column.Source))}.");
        }

        var plain = columns.Where(column => !column.IsIdentifier && column.Type is not (ColumnType.List or ColumnType.Object or ColumnType.Any)).ToList();
        foreach (var name in AnswerNames)
        {
            if (plain.Find(column => string.Equals(column.Source, name, StringComparison.OrdinalIgnoreCase)) is { } named) return named;
        }

        return plain.FindLast(column => column.Values is { Count: >= 2 and <= MaxLabels }) ?? plain.LastOrDefault() ?? columns[^1];
    }

    private static DraftShape ShapeOf(ColumnProfile answer, ColumnProfile? choices)
    {
        if (choices is not null && answer.Type is ColumnType.Int or ColumnType.String) return DraftShape.Choices;

        return answer.Type is ColumnType.Int or ColumnType.String or ColumnType.Bool && answer.Values is { Count: >= 2 and <= MaxLabels }
            ? DraftShape.Labels
            : DraftShape.Text;
    }

    private static DiagnosticException Error(string code, string message, string? hint) => new(new Diagnostic(code, Severity.Error, message) { Hint = hint });
}
