namespace InstructKit.Formats.Consumers;

/// <summary>Codes of findings of <c>validate</c>, IK26xx. Consumers that reject for the same reason share a code.</summary>
internal static class ConsumerCodes
{
    /// <summary>A row is not a JSON object.</summary>
    public const string NotAnObject = "IK2601";

    /// <summary>A field that the consumer reads is missing or null.</summary>
    public const string MissingField = "IK2602";

    /// <summary>A value has another type than the consumer expects.</summary>
    public const string WrongType = "IK2603";

    /// <summary>A value is unknown to the consumer.</summary>
    public const string UnknownValue = "IK2604";

    /// <summary>A key that the consumer rejects.</summary>
    public const string UnknownKey = "IK2605";

    /// <summary>A text or list is empty.</summary>
    public const string Empty = "IK2606";

    /// <summary>Turns of a conversation are in an order that the consumer rejects.</summary>
    public const string TurnOrder = "IK2607";

    /// <summary>The last turn has a role that the consumer rejects there.</summary>
    public const string LastRole = "IK2608";

    /// <summary>A conversation has no turn that could be trained on.</summary>
    public const string NoAssistant = "IK2609";

    /// <summary>A row is of another kind than the first one, which decides for the file.</summary>
    public const string MixedKinds = "IK2610";

    /// <summary>Mutually exclusive columns.</summary>
    public const string Columns = "IK2611";

    /// <summary>Two lists that belong together have different lengths.</summary>
    public const string Lengths = "IK2612";

    /// <summary>A text that should hold JSON does not.</summary>
    public const string BadJsonText = "IK2613";

    /// <summary>A column changes its type, or first appears when the schema is already fixed.</summary>
    public const string SchemaChange = "IK2614";

    /// <summary>The data has fewer rows than the consumer accepts.</summary>
    public const string TooFewRows = "IK2615";

    /// <summary>A file name, extension or size that the consumer does not accept.</summary>
    public const string FileName = "IK2616";

    /// <summary>A byte-order mark begins the file.</summary>
    public const string ByteOrderMark = "IK2617";

    /// <summary>A blank line between rows.</summary>
    public const string BlankLine = "IK2618";

    /// <summary>A file has no rows.</summary>
    public const string NoRows = "IK2619";

    /// <summary>The preferred answer and the rejected one are the same.</summary>
    public const string SameAnswers = "IK2620";

    /// <summary>All rows have the same label.</summary>
    public const string OneLabel = "IK2621";

    /// <summary>A tool call and its result do not belong together.</summary>
    public const string ToolCall = "IK2622";

    /// <summary>A line has a different number of fields than the consumer expects.</summary>
    public const string FieldCount = "IK2623";

    /// <summary>A row of one split also occurs in another.</summary>
    public const string SplitOverlap = "IK2624";

    /// <summary>The card names missing files.</summary>
    public const string CardFiles = "IK2625";

    /// <summary>A row has no trained token.</summary>
    public const string NothingTrained = "IK2626";

    /// <summary>The length limit truncates the target.</summary>
    public const string TargetCut = "IK2627";

    /// <summary>The last token of the prompt and the first of the completion merge into another one.</summary>
    public const string MergedBoundary = "IK2628";

    /// <summary>A text contains what a tokenizer interprets as a control token.</summary>
    public const string SpecialToken = "IK2629";

    /// <summary>A number is outside its range.</summary>
    public const string OutOfRange = "IK2630";

    /// <summary>An answer that the consumer's verifier can never match.</summary>
    public const string UnusableAnswer = "IK2631";

    /// <summary>A column has the name of an argument that the consumer passes itself.</summary>
    public const string ReservedColumn = "IK2632";

    /// <summary>The columns make the loader misinterpret the file.</summary>
    public const string MistakenFile = "IK2633";

    /// <summary>All codes, in order.</summary>
    public static IReadOnlyList<ConsumerRule> All { get; } =
    [
        new(NotAnObject, "not-an-object", "A row is not a JSON object."),
        new(MissingField, "missing-field", "A field that the consumer reads is missing or null."),
        new(WrongType, "wrong-type", "A value is of another type than the consumer reads."),
        new(UnknownValue, "unknown-value", "A value is none of those that the consumer knows, such as a role."),
        new(UnknownKey, "unknown-key", "A key that the consumer refuses."),
        new(Empty, "empty", "A text or list has nothing in it."),
        new(TurnOrder, "turn-order", "Turns of a conversation are in an order that the consumer refuses."),
        new(LastRole, "last-role", "The last turn has a role that the consumer refuses there."),
        new(NoAssistant, "no-assistant", "A conversation has no turn that could be trained on."),
        new(MixedKinds, "mixed-kinds", "A row is of another kind than the first one, which decides for the file."),
        new(Columns, "columns", "Columns that exclude one another."),
        new(Lengths, "lengths", "Two lists that belong together have different lengths."),
        new(BadJsonText, "bad-json-text", "A text that should hold JSON does not."),
        new(SchemaChange, "schema-change", "A column changes its type, or first appears where the schema is fixed already."),
        new(TooFewRows, "too-few-rows", "The data has fewer rows than the consumer takes."),
        new(FileName, "file-name", "A name, extension or size of a file that the consumer does not take."),
        new(ByteOrderMark, "byte-order-mark", "A byte-order mark begins the file."),
        new(BlankLine, "blank-line", "A blank line stands between rows."),
        new(NoRows, "empty-file", "A file has no rows."),
        new(SameAnswers, "same-answers", "The preferred answer and the rejected one are the same."),
        new(OneLabel, "one-label", "All rows have the same label."),
        new(ToolCall, "tool-call", "A tool call and its result do not belong together."),
        new(FieldCount, "field-count", "A line has another number of fields than the consumer splits it into."),
        new(SplitOverlap, "split-overlap", "A row of one split is in another one, too."),
        new(CardFiles, "card-files", "The card names files that are not there."),
        new(NothingTrained, "nothing-trained", "A row has no token that is trained on."),
        new(TargetCut, "target-cut", "The length limit cuts the target."),
        new(MergedBoundary, "merged-boundary", "The last token of the prompt and the first of the completion become another one together."),
        new(SpecialToken, "special-token-in-data", "A text has what a tokenizer takes for a control token."),
        new(OutOfRange, "out-of-range", "A number lies outside of its range."),
        new(UnusableAnswer, "unusable-answer", "An answer that the consumer's verifier can never match."),
        new(ReservedColumn, "reserved-column", "A column has the name of something that the consumer passes itself."),
        new(MistakenFile, "mistaken-file", "The columns make the loader take the file for something else."),
    ];
}

/// <summary>A rule of <c>validate</c>.</summary>
/// <param name="Code">Stable code, <c>IK26xx</c>.</param>
/// <param name="Name">Name in words joined by hyphens.</param>
/// <param name="What">What is found, one sentence.</param>
internal sealed record ConsumerRule(string Code, string Name, string What);

/// <summary>Something that a consumer rejects or mishandles in a row, or in the data as a whole.</summary>
/// <param name="Code">One of <see cref="ConsumerCodes"/>.</param>
/// <param name="Severity">An error if the consumer fails, drops the row or trains on something else; otherwise a warning.</param>
/// <param name="Offset">Byte offset in the row's text; -1 for the data as a whole.</param>
/// <param name="Message">What is wrong and what was expected, one sentence.</param>
/// <param name="Source">Source of the consumer's rule: its file and function.</param>
internal readonly record struct RowFinding(string Code, Severity Severity, int Offset, string Message, string Source);

/// <summary>Collects the findings of one consumer's rules in one row.</summary>
internal sealed class RowCheck
{
    private readonly List<RowFinding> _found = [];

    /// <summary>The file and function of the rule being checked.</summary>
    public string Source { get; set; } = string.Empty;

    /// <summary>The row.</summary>
    public JsonNode Row { get; set; }

    /// <summary>Paths that the card declares to hold any JSON, as in <c>messages.tool_calls</c>.</summary>
    public IReadOnlySet<string> JsonPlaces { get; set; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>The findings since the last <see cref="Clear"/>.</summary>
    public List<RowFinding> Found => _found;

    /// <summary>Forgets the findings.</summary>
    public void Clear() => _found.Clear();

    /// <summary>Adds an error at a value.</summary>
    public void Error(string code, JsonNode at, string message) => _found.Add(new RowFinding(code, Severity.Error, at.Offset, message, Source));

    /// <summary>Adds a warning at a value.</summary>
    public void Warning(string code, JsonNode at, string message) => _found.Add(new RowFinding(code, Severity.Warning, at.Offset, message, Source));

    /// <summary>Adds a finding at a byte of the row's text.</summary>
    public void At(string code, Severity severity, int offset, string message) => _found.Add(new RowFinding(code, severity, offset, message, Source));

    /// <summary>Adds a finding about the data as a whole.</summary>
    public void Whole(string code, Severity severity, string message) => _found.Add(new RowFinding(code, severity, -1, message, Source));
}
