using InstructKit.Sources;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Drafting;

/// <summary>Writes the proposed task file, with a comment wherever the author has to decide.</summary>
internal static class DraftYaml
{
    // Like FLAN's dev slices if the file has that many rows; a tenth of smaller files.
    private const int SliceRows = 200;

    public static string Write(DraftProposal draft, IReadOnlyDictionary<SliceKind, string> files, bool isBeside)
    {
        var text = new StringBuilder();
        var request = draft.Request;
        Line(text, "# A first draft of a task. Read it from top to bottom, make it yours, then:");
        Line(text, $"#   instructkit lint {request.Key}.yaml      what is wrong or doubtful in it");
        Line(text, $"#   instructkit preview {request.Key}.yaml   rows through every template");
        Line(text, $"task: {request.Key}");
        Line(text, $"title: {YamlText.Inline(request.Key.Replace('_', ' '))}   # a name for people");
        Line(text, "# cite: https://...                 # where the data is from");
        Line(text, "# licence: ...                      # what it may be used for");
        Line(text, $"cluster: {YamlText.Inline(request.Cluster ?? request.Key)}   # tasks of one cluster are held out together");
        if (!isBeside) Line(text, $"folders: [ {YamlText.Inline(DraftPlaces.FolderOf(request))} ]   # below the folder that --data names");

        foreach (var note in draft.Notes) Line(text, Comment($"Note: {note}."));

        Line(text, string.Empty);
        WriteColumns(text, draft);
        WriteLayout(text, draft, files);
        WriteSplits(text, draft, files);
        if (draft.Roles.Turns is { } turns)
        {
            WriteKeepIf(text, draft.Roles);
            WriteTurns(text, turns);
            return text.ToString();
        }

        WriteFields(text, draft);
        WriteAnswer(text, draft);
        WriteTemplates(text, draft);
        return text.ToString();
    }

    private static void WriteColumns(StringBuilder text, DraftProposal draft)
    {
        Line(text, "# What a row has, whatever the file calls it: string, int, float, bool, list, object or any; ? where a value may be absent.");
        Line(text, "columns:");
        foreach (var column in draft.Used) Line(text, $"  {column.Name}: {TypeOf(column)}");

        var unused = draft.Columns.Except<ColumnProfile>(draft.Used, ReferenceEqualityComparer.Instance).Select(column => column.Source).ToList();
        if (unused.Count > 0) Line(text, Comment($"Not used: {string.Join(", ", unused)}."));

        Line(text, string.Empty);
    }

    private static void WriteLayout(StringBuilder text, DraftProposal draft, IReadOnlyDictionary<SliceKind, string> files)
    {
        var spec = draft.Spec;
        Line(text, "# Where the rows are. A task may have several layouts; the first one whose files exist is used.");
        Line(text, "layouts:");
        Line(text, "  - name: files");
        Line(text, $"    format: {spec.Format.ToString().ToLowerInvariant()}");
        if (spec.Delimiter is { } delimiter) Line(text, $"    delimiter: \"{delimiter}\"");

        if (spec.Quote is { } quote) Line(text, quote == '\0' ? "    quote: none" : quote == '"' ? "    quote: '\"'" : "    quote: \"'\"");

        if (spec.Escape is { } escape) Line(text, escape == '\\' ? "    escape: \"\\\\\"" : $"    escape: '{escape}'");

        if (spec.SkipLines > 0) Line(text, string.Create(CultureInfo.InvariantCulture, $"    skip_lines: {spec.SkipLines}"));

        if (spec.Columns is { } columns)
        {
            Line(text, $"    columns: {YamlText.Brackets(columns.Select(YamlText.Inline))}");
            Line(text, $"    header: {(spec.Header is true ? "true" : "false")}");
        }

        if (spec.Records is { } records) Line(text, $"    records: {YamlText.Inline(records)}");

        if (spec.Encoding != "utf-8") Line(text, $"    encoding: {spec.Encoding}");

        foreach (var dialect in draft.Dialects)
        {
            var read = string.Create(CultureInfo.InvariantCulture, $"{dialect.Name}: {dialect.Columns} columns, {dialect.Rows} rows, {dialect.Faults} that do not fit, {dialect.Lines} lines inside quotes");
            Line(text, $"    # {(ReferenceEquals(dialect, draft.Dialects[0]) ? "chosen" : "other")} — {read}");
        }

        var names = files.OrderBy(file => file.Key).Select(file => $"{RoleName(file.Key)}: {YamlText.Inline(file.Value)}");
        Line(text, $"    files: {{ {string.Join(", ", names)} }}");
        var renamed = draft.Used.Where(column => column.Name != column.Source).ToList();
        if (renamed.Count > 0)
        {
            Line(text, "    map:");
            foreach (var column in renamed) Line(text, $"      {column.Name}: {YamlText.Inline(Mapped(column, spec))}");
        }

        Line(text, string.Empty);
    }

    private static void WriteSplits(StringBuilder text, DraftProposal draft, IReadOnlyDictionary<SliceKind, string> files)
    {
        // With one or two rows none can be spared.
        var isTiny = draft.Rows < 3;
        var n = (long)Math.Max(1, Math.Min(SliceRows, draft.Rows / 10));
        var validation = isTiny || files.ContainsKey(SliceKind.Validation);
        var test = isTiny || files.ContainsKey(SliceKind.Test);
        var cut = (validation ? 0 : n) + (test ? 0 : n);
        Line(text, "# Which rows are for what: slices count rows from zero, negative bounds from the end.");
        Line(text, "splits:");
        Line(text, string.Create(CultureInfo.InvariantCulture, $"  train: {(cut == 0 ? "train" : $"\"train[:-{cut}]\"")}"));
        if (!isTiny || files.ContainsKey(SliceKind.Validation))
            Line(text, string.Create(CultureInfo.InvariantCulture, $"  validation: {(validation ? "validation" : test ? $"\"train[-{n}:]\"" : $"\"train[-{cut}:-{n}]\"")}"));

        if (!isTiny || files.ContainsKey(SliceKind.Test))
            Line(text, string.Create(CultureInfo.InvariantCulture, $"  test: {(test ? "test" : $"\"train[-{n}:]\"")}"));

        Line(text, string.Empty);
    }

    private static void WriteFields(StringBuilder text, DraftProposal draft)
    {
        var entry = DraftTemplates.Entry(draft.Roles);
        var dialogue = DraftTemplates.Dialogue(draft.Roles);
        if (entry is null && dialogue is null) return;

        Line(text, "# Derived values, computed once per row; templates may use the columns themselves instead.");
        Line(text, "fields:");
        if (dialogue is { } chat) Line(text, $"  {DraftTemplates.DialogueField}: {{ dialect: jinja, template: {Quoted(ChatText.Dialogue(chat.Shape, $"({chat.Name} or [])"))} }}");

        if (entry is not null) Line(text, $"  {DraftTemplates.EntryField}: {YamlText.Inline(entry)}");

        Line(text, string.Empty);
    }

    private static void WriteKeepIf(StringBuilder text, ColumnRoles roles)
    {
        if (roles.KeepIf.Count == 0) return;

        Line(text, "# Rows that are not used, counted under the reason's name.");
        Line(text, $"keep_if: {{ {string.Join(", ", roles.KeepIf.GroupBy(pair => pair.Reason).Select(group => $"{group.Key}: {Quoted(string.Join(" and ", group.Select(pair => pair.Condition)))}"))} }}");
    }

    private static void WriteTurns(StringBuilder text, ConversationDefinition turns)
    {
        Line(text, "# Every conversation is an example as it is, in which the model's turns are trained on; one without any is dropped (no_reply).");
        Line(text, "# The formats messages, openai, sharegpt, axolotl and llama-factory hold turns; in others the last reply is the target.");
        Line(text, "conversation:");
        foreach (var (key, column) in (ReadOnlySpan<(string, string?)>)[("messages", turns.Messages), ("tools", turns.Tools), ("system", turns.System), ("images", turns.Images)])
        {
            if (column is not null) Line(text, $"  {key}: {column}");
        }

        var has = ConversationDefinition.PartNames.Where((_, bit) => ((int)turns.Has & (1 << bit)) != 0).ToList();
        if (has.Count > 0) Line(text, $"  has: [ {string.Join(", ", has)} ]   # what turns have besides role and text");

        Line(text, "metrics: [ rouge1, rougeLsum ]   # or exact_match, f1, bleu, ...");
    }

    private static void WriteAnswer(StringBuilder text, DraftProposal draft)
    {
        var roles = draft.Roles;
        var answer = roles.Answer;
        WriteKeepIf(text, roles);
        switch (draft.Shape)
        {
            case DraftShape.Choices:
                Line(text, "# Every row brings its own options.");
                Line(text, $"options: {YamlText.Inline(roles.Options ?? roles.Choices!.Name)}"); // this shape has such a column
                Line(text, $"answer: {YamlText.Inline(roles.Expression ?? answer.Name)}   # one of the options{(answer.Type == ColumnType.Int ? "; counted from zero" : string.Empty)}");
                Line(text, "metrics: [ accuracy ]");
                break;
            case DraftShape.Labels: WriteLabels(text, draft); break;
            default:
                Line(text, "# A target is text; with `options:` the task could be scored by rank classification.");
                Line(text, $"{(roles.HasSeveral ? "answers" : "answer")}: {YamlText.Inline(roles.Expression ?? answer.Name)}");
                Line(text, roles.HasSeveral ? "metrics: [ exact_match, f1 ]   # or rouge1, rougeLsum, bleu, ..." : "metrics: [ rouge1, rougeLsum ]   # or exact_match, f1, bleu, ...");
                break;
        }

        Line(text, string.Empty);
    }

    private static void WriteLabels(StringBuilder text, DraftProposal draft)
    {
        var answer = draft.Roles.Answer;
        if (answer.Labels is { } labels && answer.Type == ColumnType.Int)
        {
            Line(text, "# The answers, in the order of the labels, as the file's metadata name them.");
            Line(text, $"options: {YamlText.Brackets(labels.Select(YamlText.Inline))}");
            Line(text, $"answer: \"options[{answer.Name}]\"");
            Line(text, "metrics: [ accuracy ]");
            return;
        }

        List<string> values = [.. answer.Values!.Where(value => !TaskDrafter.IsNegative(answer, value))]; // few enough, or the shape would be different
        Line(text, "# The answers, in the order of the labels. Give them names that people would say.");
        switch (answer.Type)
        {
            case ColumnType.Bool:
                Line(text, "options: [ \"no\", \"yes\" ]");
                Line(text, $"answer: \"options[1 if {answer.Name} else 0]\"");
                break;
            case ColumnType.Int:
                Line(text, $"options: {YamlText.Brackets(values.Select(value => $"\"{value}\""))}");
                Line(text, values.Select((value, i) => value == i.ToString(CultureInfo.InvariantCulture)).All(same => same)
                    ? $"answer: \"options[{answer.Name}]\""
                    : $"answer: \"options[[{string.Join(", ", values)}].index({answer.Name})]\"");
                break;
            default:
                Line(text, $"options: {YamlText.Brackets(values.Select(YamlText.Inline))}");
                Line(text, $"answer: {answer.Name}");
                break;
        }

        Line(text, "metrics: [ accuracy ]");
    }

    private static void WriteTemplates(StringBuilder text, DraftProposal draft)
    {
        Line(text, "# Ten ways of asking. These only know the names of your columns: say what the task is about, in ten forms that differ.");
        Line(text, "# `answer`, `options` and `options_block` (the options as a list) are available in addition to the columns.");
        Line(text, "templates:");
        foreach (var (id, input) in DraftTemplates.Of(draft.Shape, draft.Roles))
        {
            Line(text, $"  - id: {id}");
            Line(text, "    input: |-");
            foreach (var line in input.Split('\n')) Line(text, line.Length == 0 ? line : $"      {line}");

            Line(text, "    target: \"{{ answer }}\"");
        }
    }

    private static string TypeOf(ColumnProfile column)
    {
        var name = column.Type.ToString().ToLowerInvariant();
        return column.Nullable ? $"\"{name}?\"" : name;
    }

    private static string RoleName(SliceKind role) => role.ToString().ToLowerInvariant();

    // Double quotes with escapes: the text fits on one line whatever it contains.
    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    // An expression over a delimited file sees text; a column with its own name is read by its type.
    private static string Mapped(ColumnProfile column, SourceSpec spec)
    {
        // A list or object under a plain name keeps its bytes.
        if (column.Type is ColumnType.List or ColumnType.Object && TaskFile.IsIdentifier(column.Source)) return column.Source;

        var cell = FileProfile.Cell(column);
        if (spec.Format != SourceFormats.Csv && spec.Format != SourceFormats.Tsv) return cell;

        var typed = column.Type switch
        {
            ColumnType.Int => $"{cell} | int",
            ColumnType.Float => $"{cell} | float",
            ColumnType.Bool => $"{cell} in ['true', 'True']",
            _ => cell,
        };
        return typed != cell && column.Nullable ? $"({typed}) if {cell} else none" : typed;
    }

    private static string Comment(string text) => $"# {text.ReplaceLineEndings(" ")}";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
