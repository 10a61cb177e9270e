namespace InstructKit.Formats.Consumers;

/// <summary>Codes of findings of <c>validate</c>, IK26xx. Consumers that reject for the same reason share a code.</summary>
internal static class ConsumerCodes
{
    public static readonly ConsumerRule NotAnObject = new("IK2601", "not-an-object", "A row is not a JSON object.");
    public static readonly ConsumerRule MissingField = new("IK2602", "missing-field", "A field that the consumer reads is missing or null.");
    public static readonly ConsumerRule WrongType = new("IK2603", "wrong-type", "A value is of another type than the consumer reads.");
    public static readonly ConsumerRule UnknownValue = new("IK2604", "unknown-value", "A value is none of those that the consumer knows, such as a role.");
    public static readonly ConsumerRule UnknownKey = new("IK2605", "unknown-key", "A key that the consumer rejects.");
    public static readonly ConsumerRule Empty = new("IK2606", "empty", "A text or list has nothing in it.");
    public static readonly ConsumerRule TurnOrder = new("IK2607", "turn-order", "Turns of a conversation are in an order that the consumer rejects.");
    public static readonly ConsumerRule LastRole = new("IK2608", "last-role", "The last turn has a role that the consumer rejects there.");
    public static readonly ConsumerRule NoAssistant = new("IK2609", "no-assistant", "A conversation has no turn that could be trained on.");
    public static readonly ConsumerRule MixedKinds = new("IK2610", "mixed-kinds", "A row is of another kind than the first one, which decides for the file.");
    public static readonly ConsumerRule Columns = new("IK2611", "columns", "Columns that exclude one another.");
    public static readonly ConsumerRule Lengths = new("IK2612", "lengths", "Two lists that belong together have different lengths.");
    public static readonly ConsumerRule BadJsonText = new("IK2613", "bad-json-text", "A text that should hold JSON does not.");
    public static readonly ConsumerRule SchemaChange = new("IK2614", "schema-change", "A column changes its type, or first appears where the schema is fixed already.");
    public static readonly ConsumerRule TooFewRows = new("IK2615", "too-few-rows", "The data has fewer rows than the consumer takes.");
    public static readonly ConsumerRule FileName = new("IK2616", "file-name", "A name, extension or size of a file that the consumer does not take.");
    public static readonly ConsumerRule ByteOrderMark = new("IK2617", "byte-order-mark", "A byte-order mark begins the file.");
    public static readonly ConsumerRule BlankLine = new("IK2618", "blank-line", "There is a blank line between rows.");
    public static readonly ConsumerRule NoRows = new("IK2619", "empty-file", "A file has no rows.");
    public static readonly ConsumerRule SameAnswers = new("IK2620", "same-answers", "The preferred answer and the rejected one are the same.");
    public static readonly ConsumerRule OneLabel = new("IK2621", "one-label", "All rows have the same label.");
    public static readonly ConsumerRule ToolCall = new("IK2622", "tool-call", "A tool call and its result do not belong together.");
    public static readonly ConsumerRule FieldCount = new("IK2623", "field-count", "A line has another number of fields than the consumer splits it into.");
    public static readonly ConsumerRule SplitOverlap = new("IK2624", "split-overlap", "A row of one split is in another one, too.");
    public static readonly ConsumerRule CardFiles = new("IK2625", "card-files", "The card names files that do not exist.");
    public static readonly ConsumerRule NothingTrained = new("IK2626", "nothing-trained", "A row has no token that is trained on.");
    public static readonly ConsumerRule TargetCut = new("IK2627", "target-cut", "The length limit cuts the target.");
    public static readonly ConsumerRule MergedBoundary = new("IK2628", "merged-boundary", "The last token of the prompt and the first of the completion become another one together.");
    public static readonly ConsumerRule SpecialToken = new("IK2629", "special-token-in-data", "A text has what a tokenizer takes for a control token.");
    public static readonly ConsumerRule OutOfRange = new("IK2630", "out-of-range", "A number is outside its range.");
    public static readonly ConsumerRule UnusableAnswer = new("IK2631", "unusable-answer", "An answer that the consumer's verifier can never match.");
    public static readonly ConsumerRule ReservedColumn = new("IK2632", "reserved-column", "A column has the name of something that the consumer passes itself.");
    public static readonly ConsumerRule MistakenFile = new("IK2633", "mistaken-file", "The columns make the loader take the file for something else.");

    /// <summary>All codes, in order.</summary>
    public static IReadOnlyList<ConsumerRule> All { get; } =
    [
        NotAnObject, MissingField, WrongType, UnknownValue, UnknownKey, Empty, TurnOrder, LastRole, NoAssistant, MixedKinds, Columns, Lengths,
        BadJsonText, SchemaChange, TooFewRows, FileName, ByteOrderMark, BlankLine, NoRows, SameAnswers, OneLabel, ToolCall, FieldCount, SplitOverlap,
        CardFiles, NothingTrained, TargetCut, MergedBoundary, SpecialToken, OutOfRange, UnusableAnswer, ReservedColumn, MistakenFile,
    ];
}

/// <summary>A rule of <c>validate</c>.</summary>
/// <param name="Code">Stable code, <c>IK26xx</c>.</param>
/// <param name="Name">Name in words joined by hyphens.</param>
/// <param name="What">What is found, one sentence.</param>
internal sealed record ConsumerRule(string Code, string Name, string What)
{
    /// <summary>A rule converts to its code.</summary>
    public static implicit operator string(ConsumerRule rule) => rule.Code;
}

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

    /// <summary>The file and function of the rule being checked. A rule from another source than its shape's may set it: it applies to the end of that rule.</summary>
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
