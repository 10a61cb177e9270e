using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Roles of the columns: the answer, its options, the inputs of the question, which rows have an answer.</summary>
/// <param name="Answer">The column of the answer.</param>
/// <param name="Choices">The one with the row's own options; null for none.</param>
/// <param name="Inputs">The columns that the question shows.</param>
internal sealed record ColumnRoles(ColumnProfile Answer, ColumnProfile? Choices, IReadOnlyList<ColumnProfile> Inputs)
{
    /// <summary>More distinct answers than this are not labels.</summary>
    public const int MaxLabels = 30;

    private static readonly string[] AnswerNames =
    [
        "label", "labels", "target", "answer", "class", "category", "sentiment", "gold", "intent", "correct_answer", "answer_key", "answerkey", "correct", "solution", "output", "response",
        "completion", "summary", "highlights", "translation", "reply", "ref_text", "ref text", "reference", "rating", "stars", "score",
    ];

    private static readonly string[] AnswerLists = ["answers", "answer", "targets", "references", "labels", "outputs", "correct_answers", "aliases"];

    private static readonly string[] ChoiceNames = ["choices", "options", "candidates", "endings", "answers", "answer_choices"];

    private static readonly string[] ChosenNames = ["chosen", "chosen_messages", "chosen_response", "response_chosen", "preferred", "preferred_response"];

    private static readonly string[] PreferenceNames = ["label", "labels", "preference", "is_preferred", "is_good", "thumbs_up", "desirable", "kto_tag"];

    private static readonly string[] ToolNames = ["tools", "functions"];

    private static readonly string[] SystemNames = ["system", "system_prompt", "system_message"];

    private static readonly string[] ImageNames = ["images", "image", "videos", "audios"];

    // Names of metadata about a row, which are not an answer.
    private static readonly string[] MetaNames = ["source", "split", "lang", "language", "config", "date", "created", "version", "status", "state", "type", "model", "name", "file", "url", "path", "meta"];

    private static readonly string[] InstructionNames = ["instruction", "prompt", "query"];

    private static readonly string[] ReplyNames = ["response", "output", "completion", "reply"];

    private static readonly string[] QuestionNames = ["question", "prompt", "instruction", "input", "query", "context", "passage", "title", "url", "text", "sentence", "document", "article"];

    /// <summary>Columns used in addition to the answer, the choices and the inputs.</summary>
    public IReadOnlyList<ColumnProfile> Others { get; init; } = [];

    /// <summary>The expression of the answer; null for the column or its labels.</summary>
    public string? Expression { get; init; }

    /// <summary>True when <see cref="Expression"/> yields several correct answers.</summary>
    public bool HasSeveral { get; init; }

    /// <summary>The expression of the options; null for the column.</summary>
    public string? Options { get; init; }

    /// <summary>The form of the conversations; null for other tasks.</summary>
    public ConversationDefinition? Turns { get; init; }

    /// <summary>Reasons to drop a row, each with the condition for keeping it.</summary>
    public IReadOnlyList<(string Reason, string Condition)> KeepIf { get; init; } = [];

    /// <summary>Notes on the decisions, for the author.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The kind of question.</summary>
    public string Word { get; init; } = Answer.Source[(Answer.Expression is null ? 0 : Answer.Source.LastIndexOf('.') + 1)..];

    /// <summary>A question inside the answer's column, in addition to the inputs: from its first record, or its transcript.</summary>
    public (string Word, string Expression)? FirstRecord { get; init; }

    /// <summary>True for an answer that is the rejected counterpart of a preferred text, which must not be trained on.</summary>
    public static bool IsRejected(ColumnProfile column)
    {
        var words = column.Source.ToLowerInvariant().Split('_', ' ', '-', '.');
        return words.Contains("rejected") || words.Contains("dispreferred") || words.Contains("loser");
    }

    /// <summary>Finds the roles.</summary>
    /// <param name="columns">The file's columns.</param>
    /// <param name="wanted">Name of the answer's column; null to find it.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="DiagnosticException">No column can be the answer, or nothing is left to ask.</exception>
    public static ColumnRoles Of(IReadOnlyList<ColumnProfile> columns, string? wanted, string path)
    {
        var named = wanted is null ? null : Named(columns, wanted, path);
        if (named is null && columns.FirstOrDefault(column => column.Shape.Kind == ShapeKind.Tree) is { } tree)
        {
            throw Error(
                $"'{path}': the column '{tree.Source}' holds trees of messages (`replies`), whose paths are the conversations; a tree is not a row of a task.",
                "Write one row for each path first, as `messages: [{role, content}, …]`, then draft a task from that file.");
        }

        if (named is null && columns.FirstOrDefault(column => column.Source == "parent_id") is not null && columns.FirstOrDefault(column => column.Source is "message_id" or "id") is { } node)
        {
            throw Error(
                $"'{path}': the rows are single messages of conversation trees, as '{node.Source}' and 'parent_id' show; a single message is not a task.",
                "Write one row for each path of a tree first, as `messages: [{role, content}, …]`, then draft a task from that file.");
        }

        var rejected = columns.Where(IsRejected).ToList();
        var answer = named ?? Guess(columns, path);
        return (answer.Shape.Kind switch
        {
            ShapeKind.Messages or ShapeKind.MessagesText => OfChat(columns, answer),
            ShapeKind.Transcript => OfTranscript(answer),
            ShapeKind.Message => new ColumnRoles(answer, null, InputsOf(columns, answer)) { Expression = ChatText.Of(answer.Shape, answer.Name), KeepIf = [("no_answer", ChatText.Of(answer.Shape, answer.Name))], Word = "reply" },
            ShapeKind.Answers => new ColumnRoles(answer, null, InputsOf(columns, answer)) { Expression = $"{answer.Name}['text']", HasSeveral = true, KeepIf = [("no_answer", $"{answer.Name} and {answer.Name}['text']")] },
            ShapeKind.Texts => new ColumnRoles(answer, null, InputsOf(columns, answer)) { Expression = answer.Name, HasSeveral = true, KeepIf = [("no_answer", answer.Name)] },
            ShapeKind.Records => OfRecords(columns, answer),
            _ when answer.IsPlain => OfPlain(columns, answer),
            _ => throw Error($"'{path}': the column '{answer.Source}' holds nested values of no known shape and cannot be the answer.", "Name a column with texts or labels with --answer, or write its parts into separate columns."),
        }).Checked(path, rejected);
    }

    private ColumnRoles Checked(string path, List<ColumnProfile> rejected)
    {
        if (Inputs.Count == 0 && Turns is null && FirstRecord is null)
        {
            throw new DiagnosticException(new Diagnostic(
                DraftCodes.TooLittle, Severity.Error, $"'{path}' has nothing to ask: besides the answer '{Answer.Source}' no column can be shown.")
            { Hint = "A task needs a column for the question; rejected answers, trees and nested values are not shown." });
        }

        return rejected.Count == 0 ? this : this with { Notes = [.. Notes, $"'{rejected[0].Source}' is a rejected answer: nothing is trained on it and no question shows it"] };
    }

    private static ColumnProfile Named(IReadOnlyList<ColumnProfile> columns, string wanted, string path)
    {
        var named = columns.FirstOrDefault(column => column.Source == wanted) ?? throw new DiagnosticException(new Diagnostic(DraftCodes.NoSuchColumn, Severity.Error, $"'{path}' has no column '{wanted}'.")
        { Hint = NearestName.Hint(wanted, columns.Select(column => column.Source)) ?? $"It has {string.Join(", ", columns.Select(column => column.Source))}." });
        return IsRejected(named) ? throw Error($"'{path}': '{wanted}' holds rejected answers, on which nothing is trained.", "Name the column of the preferred answers with --answer.") : named;
    }

    private static ColumnProfile Guess(IReadOnlyList<ColumnProfile> columns, string path)
    {
        if (columns.FirstOrDefault(column => ChosenNames.Contains(column.Source.ToLowerInvariant()) && (column.IsPlain || column.Shape.Kind is ShapeKind.Message or ShapeKind.Messages)) is { } chosen)
            return chosen;

        var open = columns.Where(column => !IsRejected(column)).ToList();
        if (open.Find(column => column.Shape.Kind is ShapeKind.Messages or ShapeKind.MessagesText) is { } chat) return chat;

        var plain = open.Where(column => !column.IsIdentifier && column.IsPlain).ToList();

        // A completion with a thumbs-up label is the answer where the label is true.
        if (plain.Find(column => column.Type == ColumnType.Bool && PreferenceNames.Contains(column.Source.ToLowerInvariant())) is not null
            && plain.Find(column => column.Source.ToLowerInvariant() is "completion" or "response" or "reply") is { } judged)
            return judged;

        // The reply to an instruction is the answer, whatever other metadata the row has.
        if (plain.Exists(column => InstructionNames.Contains(column.Source.ToLowerInvariant()))
            && plain.Find(column => column.Type == ColumnType.String && column.Values is null && ReplyNames.Contains(column.Source.ToLowerInvariant())) is { } reply)
            return reply;

        var same = plain.Where(column => column.IsConstant).ToList();
        plain.RemoveAll(same.Contains);
        foreach (var name in AnswerNames)
        {
            if (plain.Find(column => string.Equals(column.Source, name, StringComparison.OrdinalIgnoreCase)) is { } named) return named;
        }

        foreach (var name in AnswerLists)
        {
            if (open.Find(column => column.Shape.Kind is ShapeKind.Answers or ShapeKind.Texts && string.Equals(column.Source, name, StringComparison.OrdinalIgnoreCase)) is { } list) return list;
        }

        if (open.Find(column => column.Shape.Kind is ShapeKind.Records or ShapeKind.Transcript) is { } records) return records;

        return plain.FindLast(column => column.Values is { Count: >= 2 and <= MaxLabels } && !IsMeta(column))
            ?? plain.FindLast(column => !IsMeta(column) && !QuestionNames.Contains(column.Source.ToLowerInvariant()) && column.Source != "column_1")
            ?? throw Error($"'{path}': no column looks like an answer ({string.Join(", ", columns.Take(20).Select(Described))}{(columns.Count > 20 ? ", …" : string.Empty)}).", "Name it with --answer.");
    }

    private static string Described(ColumnProfile column) => column switch
    {
        { IsConstant: true } => $"{column.Source}: '{column.Values![0]}' in every row",
        { IsIdentifier: true } => $"{column.Source}: an identifier",
        { Type: ColumnType.List } => $"{column.Source}: a list",
        { Type: ColumnType.Object } => $"{column.Source}: an object",
        { Type: ColumnType.Any, Nullable: true } => $"{column.Source}: null or mixed",
        _ => column.Source,
    };

    private static bool IsMeta(ColumnProfile column) => Array.Exists(MetaNames, name =>
        column.Source.Equals(name, StringComparison.OrdinalIgnoreCase) || column.Source.EndsWith($"_{name}", StringComparison.OrdinalIgnoreCase));

    private static ColumnRoles OfChat(IReadOnlyList<ColumnProfile> columns, ColumnProfile chat)
    {
        List<(string, string)> conditions = [];
        var label = columns.FirstOrDefault(column => column.Type == ColumnType.Bool && PreferenceNames.Contains(column.Source.ToLowerInvariant()));
        List<string> notes = [$"'{chat.Source}' is a conversation{(chat.Shape.Kind == ShapeKind.MessagesText ? " as JSON in a text" : string.Empty)}: every row is an example as it is, without templates"];
        if (label is not null)
        {
            conditions.Add(("not_preferred", label.Name));
            notes.Add($"'{label.Source}' says whether the reply is a good one: rows where it is false are dropped (not_preferred)");
        }

        var tools = Beside(ToolNames, column => column.Type is ColumnType.List or ColumnType.String);
        var system = Beside(SystemNames, column => column.Type == ColumnType.String);
        var images = Beside(ImageNames, column => column.Type == ColumnType.List);
        return new ColumnRoles(chat, null, [])
        {
            Turns = new ConversationDefinition(chat.Name) { Tools = tools?.Name, System = system?.Name, Images = images?.Name, Has = chat.Shape.Has },
            Others = [.. new[] { label, tools, system, images }.OfType<ColumnProfile>()],
            KeepIf = conditions,
            Notes = notes,
            Word = "reply",
        };

        ColumnProfile? Beside(string[] names, Predicate<ColumnProfile> fits) => columns.FirstOrDefault(column => column != chat && names.Contains(column.Source.ToLowerInvariant()) && fits(column));
    }

    private static ColumnRoles OfTranscript(ColumnProfile text)
    {
        var parts = $"{(text.Nullable ? $"({text.Name} or '')" : text.Name)}.rpartition('{Escaped(text.Shape.Second!)}')";
        return new ColumnRoles(text, null, [])
        {
            Expression = $"{parts}[2] | trim",
            FirstRecord = ("dialogue", $"{parts}[0] | trim"),
            KeepIf = [("no_reply", $"{parts}[1] and {parts}[2] | trim and '{Escaped(text.Shape.First!)}' not in {parts}[2]")],
            Notes = [$"'{text.Source}' is a conversation as text: what follows the last '{text.Shape.Second!.Trim()}' is the answer, what precedes it the question"],
            Word = "reply",
        };

        static string Escaped(string mark) => mark.Replace("\n", "\\n", StringComparison.Ordinal);
    }

    private static ColumnRoles OfRecords(IReadOnlyList<ColumnProfile> columns, ColumnProfile answer)
    {
        var expression = $"{answer.Name}[0]['{answer.Shape.First}']";
        return new ColumnRoles(answer, null, InputsOf(columns, answer))
        {
            Expression = expression,
            KeepIf = [("no_answer", $"{answer.Name} and {expression}")],
            FirstRecord = answer.Shape.Second is { } question ? (question, $"{answer.Name}[0]['{question}']") : null,
            Word = answer.Shape.First!, // records have the key of an answer
            Notes = [$"'{answer.Source}' is a list of records: the first one of each row is used"],
        };
    }

    private static ColumnRoles OfPlain(IReadOnlyList<ColumnProfile> columns, ColumnProfile answer)
    {
        var choices = columns.FirstOrDefault(column => column != answer && (column.Shape.Kind is ShapeKind.ChoiceLists or ShapeKind.ChoiceList
            || (column.Shape.Kind == ShapeKind.Texts && ChoiceNames.Contains(column.Source.ToLowerInvariant()))));
        if (answer.Type is not (ColumnType.Int or ColumnType.String)) choices = null;

        var numbered = choices is null ? NumberedChoices.Of(columns, answer) : null;
        List<(string, string)> conditions = [];
        List<string> notes = [];
        var isLabel = choices is not null || (answer.Values is { Count: >= 2 and <= MaxLabels } && answer.Type is ColumnType.Int or ColumnType.String or ColumnType.Bool) || answer.Labels is not null;
        if (answer.HasScale) notes.Add($"the negative values of '{answer.Source}' are labels like the others");
        if (answer.HasNegative && !answer.HasScale && isLabel && answer.Type == ColumnType.Int) conditions.Add(("no_label", answer.Nullable ? $"{answer.Name} is not none and {answer.Name} >= 0" : $"{answer.Name} >= 0"));
        else if (isLabel && answer.HasBlank && answer.Type == ColumnType.String) conditions.Add(("no_label", answer.Name));
        else if (answer.Nullable) conditions.Add((isLabel ? "no_label" : "no_answer", $"{answer.Name} is not none"));

        var judged = answer.Type == ColumnType.String && answer.Values is null
            ? columns.FirstOrDefault(column => column != answer && column.Type == ColumnType.Bool && PreferenceNames.Contains(column.Source.ToLowerInvariant()))
            : null;
        if (judged is not null)
        {
            conditions.Add(("not_preferred", judged.Name));
            notes.Add($"'{judged.Source}' says whether the answer is a good one: rows where it is false are dropped (not_preferred)");
        }

        var roles = new ColumnRoles(answer, choices, [.. InputsOf(columns, answer).Where(column => column != choices && column != judged)]) { KeepIf = conditions, Notes = notes, Others = judged is null ? [] : [judged] };
        if (numbered is not null)
        {
            return roles with
            {
                Choices = numbered.Columns[0],
                Others = [.. roles.Others, .. numbered.Columns.Skip(1)],
                Inputs = [.. roles.Inputs.Except(numbered.Columns, ReferenceEqualityComparer.Instance).Cast<ColumnProfile>()],
                Options = numbered.Options,
                Expression = numbered.Answer,
                Notes = [.. notes, $"the options are the columns {string.Join(", ", numbered.Columns.Select(column => column.Source))}"],
            };
        }

        if (choices is null) return roles;

        var letters = answer.Type == ColumnType.String && answer.Values is { } values && values.All(value => value is [>= 'A' and <= 'Z']);
        return choices.Shape.Kind switch
        {
            ShapeKind.ChoiceLists when answer.Type == ColumnType.String => roles with { Options = $"{choices.Name}['text']", Expression = $"options[{choices.Name}['label'].index({answer.Name})]", KeepIf = [.. conditions, ("no_label", $"{answer.Name} in {choices.Name}['label']")] },
            ShapeKind.ChoiceLists => roles with { Options = $"{choices.Name}['text']", Expression = $"options[{answer.Name}]" },
            ShapeKind.ChoiceList when answer.Type == ColumnType.String => roles with
            {
                Options = $"{choices.Name} | map(attribute='text') | list",
                Expression = $"options[({choices.Name} | map(attribute='label') | list).index({answer.Name})]",
                KeepIf = [.. conditions, ("no_label", $"{answer.Name} in ({choices.Name} | map(attribute='label') | list)")],
            },
            ShapeKind.ChoiceList => roles with { Options = $"{choices.Name} | map(attribute='text') | list", Expression = $"options[{answer.Name}]" },
            _ => roles with { Expression = letters ? $"options['ABCDEFGHIJKLMNOPQRSTUVWXYZ'.index({answer.Name})]" : answer.Type == ColumnType.Int ? $"options[{answer.Name}]" : null },
        };
    }

    // Printable columns: texts, numbers, lists of texts and conversations.
    private static List<ColumnProfile> InputsOf(IReadOnlyList<ColumnProfile> columns, ColumnProfile answer)
    {
        List<ColumnProfile> shown =
        [
            .. columns.Where(column => column != answer && !IsRejected(column) && (column.IsPlain || column.Shape.Kind is ShapeKind.Texts or ShapeKind.Messages or ShapeKind.Message or ShapeKind.ChoiceList)
                && !column.Source.StartsWith("prediction", StringComparison.OrdinalIgnoreCase)),
        ];
        List<ColumnProfile> telling = [.. shown.Where(column => !column.IsIdentifier)];
        return telling.Count > 0 ? telling : shown;
    }

    private static DiagnosticException Error(string message, string hint) => new(new Diagnostic(DraftCodes.NoAnswer, Severity.Error, message) { Hint = hint });
}

/// <summary>Expressions for the texts of messages.</summary>
internal static class ChatText
{
    /// <summary>Expression for the text of a message.</summary>
    /// <param name="shape">The column's shape.</param>
    /// <param name="message">The expression of the message.</param>
    public static string Of(CellShape shape, string message)
    {
        var text = $"{message}['{shape.Second}']";
        return shape.Part is { } part ? $"({text} if {text} is string else {text} | selectattr('{part}', 'defined') | map(attribute='{part}') | join('\\n'))" : text;
    }

    /// <summary>A template that prints messages with their roles.</summary>
    /// <param name="shape">The column's shape.</param>
    /// <param name="messages">The expression of the list.</param>
    public static string Dialogue(CellShape shape, string messages) =>
        $"{{% for turn in {messages} %}}{{{{ turn['{shape.First}'] }}}}: {{{{ {Of(shape, "turn")} or '' }}}}{{% if not loop.last %}}\n\n{{% endif %}}{{% endfor %}}";
}
