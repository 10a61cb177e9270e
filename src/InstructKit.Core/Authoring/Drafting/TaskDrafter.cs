using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Analyses a sample file and proposes a task for it: format, columns, answer, options, splits and ten starter templates.</summary>
public static class TaskDrafter
{
    // Longer ones are sentences that happen to recur.
    private const int MaxLabelLength = 40;

    /// <summary>Drafts a task.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read (IK30xx), has too little content (IK2701), or the named column does not exist (IK2702).</exception>
    public static TaskDraft Draft(DraftRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return Propose(request);
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code == SourceCodes.EmptyFile)
        {
            throw Error(DraftCodes.TooLittle, exception.Diagnostics[0].Message, null);
        }
    }

    private static TaskDraft Propose(DraftRequest request)
    {
        var files = request.Files.ToDictionary(pair => pair.Key, pair => DraftPlaces.FilesOf(pair.Value));
        var first = files[SliceKind.Train][0];
        var path = request.Files[SliceKind.Train];
        var (spec, dialects, notes) = SpecOf(first);
        var profile = FileProfile.Of(spec, files);
        var columns = profile.Columns;
        if (columns.Count == 0)
            throw Error(DraftCodes.TooLittle, $"'{path}': its rows are single values or lists, not objects with keys.", "A row of a task is an object such as {\"text\": \"…\", \"label\": \"…\"}.");

        if (columns.Count < 2 && columns[0].Shape.Kind is not (ShapeKind.Messages or ShapeKind.MessagesText or ShapeKind.Transcript)) throw Error(DraftCodes.TooLittle, $"'{path}' has one column, '{columns[0].Source}'; a task needs something to ask and an answer.", null);

        var roles = ColumnRoles.Of(columns, request.Answer, path);
        var shape = ShapeOf(roles);
        notes = [.. notes, .. dialects.Count > 0 ? dialects[0].Notes : [], .. profile.Notes, .. roles.Notes, .. Unlabelled(request, profile, roles, shape)];
        if (shape == DraftShape.Labels && roles.Answer.Labels is not null) notes = [.. notes, $"the names of the labels of '{roles.Answer.Source}' are from the file's metadata"];

        // The list of records is not one of their values.
        var levels = spec.Records?.Split('[')[0];
        var nested = columns.Where(column => !column.IsPlain && column.Source != levels && column.Shape.Kind is ShapeKind.Nested or ShapeKind.Records && column != roles.Answer && !roles.Others.Contains(column)).Select(column => column.Source).ToList();
        if (nested.Count > 0) notes = [.. notes, $"nested values are not shown: {string.Join(", ", nested)}"];

        var proposal = new DraftProposal(request, spec, columns, roles, shape, profile.Rows, dialects, notes);
        var (names, isBeside, root) = DraftPlaces.Of(request);
        return new TaskDraft(request.Key, DraftYaml.Write(proposal, names, isBeside), columns, roles.Answer.Source, dialects, isBeside, root) { Notes = notes };
    }

    private static IEnumerable<string> Unlabelled(DraftRequest request, FileProfile profile, ColumnRoles roles, DraftShape shape)
    {
        if (shape is DraftShape.Text or DraftShape.Turns) yield break;

        foreach (var role in request.Files.Keys.Order())
        {
            var (without, negative, all) = profile.Unlabelled[(role, roles.Answer.Source)];
            if (roles.Answer.HasScale) without -= negative;
            if (without > 0 && (negative == 0 || roles.Answer.Type == ColumnType.Int))
                yield return string.Create(CultureInfo.InvariantCulture, $"{without} of {all} rows of {Path.GetFileName(request.Files[role])} have no label{(negative > 0 && !roles.Answer.HasScale ? " (negative, such as -1)" : string.Empty)} and are dropped (no_label)");
        }
    }

    private static (SourceSpec Spec, IReadOnlyList<DelimitedDialect> Dialects, IReadOnlyList<string> Notes) SpecOf(SourceFile file)
    {
        var ending = Path.GetExtension(FileGlob.Unpacked(file.Path.ToLowerInvariant()));
        if (ending == ".parquet") return (new SourceSpec { Format = SourceFormats.Parquet }, [], []);

        // As delimited text, so that a line `sep=;` is not content.
        var survey = TextSurvey.Of(new SourceSpec { Format = SourceFormats.Csv }, file);
        if (survey.IsWide)
            throw Error(SourceCodes.UnsupportedEncoding, $"{file.Label}: every other byte is 0, as in UTF-16 without a byte-order mark.", "Convert the file to UTF-8, for example with iconv.");

        if (survey.First == 0) throw Error(DraftCodes.TooLittle, $"'{file.Path}' has nothing but white space.", null);

        var isDelimited = ending is ".csv" or ".tsv" or ".tab";
        if (ending is ".jsonl" or ".ndjson" or ".json" || survey.First == '{' || (survey.First == '[' && !isDelimited))
        {
            var lines = new SourceSpec { Format = SourceFormats.Jsonl, Encoding = survey.Encoding };
            var isLines = survey.First != '[' && IsLines(lines, file, ending is ".jsonl" or ".ndjson");
            IReadOnlyList<string> notes = !isLines && ending is ".jsonl" or ".ndjson" ? [$"{file.Label} is not JSON Lines but one JSON document and is read as `format: json`"] : [];
            return (isLines ? lines : DocumentSpec(file, survey.Encoding, ending), [], notes);
        }

        var dialects = DialectSniffer.Sniff(file, survey);
        return dialects.Count > 0
            ? (dialects[0].Spec, dialects, survey.Encoding == "utf-8" ? [] : [$"{file.Label} is not UTF-8; it is read as {survey.Encoding}"])
            : throw Error(
                DraftCodes.UnknownFormat,
                $"The format of '{file.Path}' cannot be determined: it is not JSON or Parquet, and tab, comma, semicolon and bar give one field on line 1 and on most lines.",
                "A task needs two columns; for lines of text write the task file by hand with `format: lines`, see templates/README.md.");
    }

    // An object around a list of records, such as {"version": 1, "data": [...]}: the list is the data.
    private static SourceSpec DocumentSpec(SourceFile file, string encoding, string ending)
    {
        var whole = new SourceSpec { Format = SourceFormats.Json, Encoding = encoding };
        SourcePart[] parts = [new SourcePart(null, [file])];
        try
        {
            if (RowPass.Count(whole, parts) != 1) return whole;
        }
        catch (DiagnosticException exception) when (ending is ".jsonl" or ".ndjson" && exception.Diagnostics[0] is { Code: SourceCodes.InvalidJson, Span.Start: { Line: > 0, Column: 0 } })
        {
            throw Error(DraftCodes.TooLittle, $"'{file.Path}': line 1 is a list, and a row of JSON Lines is an object with a key for each column.", "Write each line as {\"text\": \"…\", \"label\": \"…\"}.");
        }

        var names = RowReaders.DiscoverColumns(whole, parts);
        return names.Select(name => whole with { Records = $"{name}[]" }).FirstOrDefault(spec => Rows(spec) > 1)
            ?? (names.Count > 2 && whole with { Records = "*" } is var values && Rows(values) == names.Count && RowReaders.DiscoverColumns(values, parts).Count - 2 < names.Count ? values : whole);

        // Rows that are objects; 0 when some are not.
        long Rows(SourceSpec spec)
        {
            try
            {
                // A list of texts has only its path's levels as columns.
                if (!RowReaders.DiscoverColumns(spec, parts).Except(["key", "value", spec.Records!.Split('[')[0]]).Any()) return 0;

                using var reader = RowReaders.Open(spec, parts, ["row"]);
                var isClean = true;
                var rows = RowPass.Visit(reader, (_, _, _, error) => isClean &= error is null);
                return isClean ? rows : 0;
            }
            catch (DiagnosticException)
            {
                return 0;
            }
        }
    }

    // Many .json files have one object per line.
    private static bool IsLines(SourceSpec spec, SourceFile file, bool isNamedSo)
    {
        using var reader = RowReaders.Open(spec, [new SourcePart(null, [file])], ["row"]);
        using var batch = new RowBatch(1);
        try
        {
            if (!reader.ReadChunk(batch)) return isNamedSo;

            reader.Parse(batch);

            // Some bad lines are bad rows; a multi-line document hardly has a line that is an object.
            return isNamedSo ? batch.Faults.Count * 2 <= batch.Count : batch.Count > 1 && batch.Faults.Count * 2 < batch.Count;
        }
        catch (DiagnosticException)
        {
            return false; // the reader of whole documents will report any error
        }
    }

    private static DraftShape ShapeOf(ColumnRoles roles)
    {
        var answer = roles.Answer;
        if (roles.Turns is not null) return DraftShape.Turns;

        if (roles.Choices is not null) return DraftShape.Choices;

        if (roles.Expression is not null) return DraftShape.Text;

        return answer.Type is ColumnType.Int or ColumnType.String or ColumnType.Bool && (answer.Values is { Count: <= ColumnRoles.MaxLabels } values && answer.MeanLength <= MaxLabelLength && values.Count(value => !IsNegative(answer, value)) >= 2 || (answer.Labels is not null && answer.Type == ColumnType.Int))
            ? DraftShape.Labels
            : DraftShape.Text;
    }

    /// <summary>True for a label that means "no label".</summary>
    internal static bool IsNegative(ColumnProfile answer, string value) => answer.Type == ColumnType.Int && !answer.HasScale && value.StartsWith('-');

    private static DiagnosticException Error(string code, string message, string? hint) => new(new Diagnostic(code, Severity.Error, message) { Hint = hint });
}
