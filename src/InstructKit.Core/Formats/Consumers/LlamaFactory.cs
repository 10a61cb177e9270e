using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>What LLaMA-Factory's data sets have in common (hiyouga/LLaMA-Factory: src/llamafactory/data/converter.py, loader.py, extras/constants.py FILEEXT2TYPE).</summary>
internal static class LlamaFactory
{
    /// <summary>The converter of alpaca rows.</summary>
    public const string Alpaca = "llamafactory/data/converter.py AlpacaDatasetConverter";

    /// <summary>The converter of conversations.</summary>
    public const string Sharegpt = "llamafactory/data/converter.py SharegptDatasetConverter";

    private const string ToolText = "llamafactory/data/formatter.py ToolFormatter";
    private const string CallText = "llamafactory/data/formatter.py FunctionFormatter";

    /// <summary>Extensions that the loader opens; the last one counts, so that compressed files are refused.</summary>
    public static string[] Extensions { get; } = [".arrow", ".csv", ".json", ".jsonl", ".parquet", ".txt"];

    /// <summary>The system prompt and the tools, which are the JSON of a list as a string.</summary>
    public static Field[] Extras { get; } =
    [
        Optional("system", AnyText), Optional("tools", AnyText.Also(static (check, tools) =>
        {
            if (!tools.IsBlank) JsonText(Either(AnyList, AnyObject)).Check(check, tools);
        }).From(ToolText)),
    ];

    /// <summary>The instruction and what it is about: one of them has something in it.</summary>
    public static Field[] Question { get; } = [Required("instruction", AnyText), Optional("input", AnyText), Optional("history", History)];

    private static Shape History => ListOf(ListOf(AnyText).Also(static (check, pair) =>
    {
        if (pair.Count != 2) check.Error(ConsumerCodes.Lengths, pair, $"{pair.Path} has {pair.Count} elements, expected an instruction and a response");
    }));

    /// <summary>Reports a question with nothing in it.</summary>
    public static void CheckQuestion(RowCheck check, JsonNode row)
    {
        var (instruction, input) = (row.Find("instruction"u8), row.Find("input"u8));
        if (instruction.IsBlank && (input.IsAbsent || input.IsBlank)) check.Error(ConsumerCodes.Empty, instruction, "instruction and input are both empty: the user's turn has nothing in it");
    }

    /// <summary>All rows are one table.</summary>
    public static IReadOnlyList<DatasetRule> Columns() => [new SteadyColumns { Source = "datasets packaged_modules/json/json.py" }];

    /// <summary>A conversation in <c>conversations</c> with from and value, or in <c>messages</c> with role and content, as tags may say.</summary>
    /// <param name="endsInAnswer">Whether the number of turns behind a system turn is even or odd.</param>
    public static (Shape Sharegpt, Shape Messages) Conversations(bool endsInAnswer) => (
        new Turns { Keys = ("from", "value"), Roles = ["system", "human", "gpt", "observation", "function_call"], Content = AnyText, Calls = null }
            .Also(TurnRules.Alternate("from", "system", ["human", "observation"], ["gpt", "function_call"], endsInAnswer))
            .Also(static (check, turns) => CheckCalls(check, turns, "from"u8, "value"u8)),
        new Turns { Roles = ["system", "user", "assistant", "observation", "tool", "function_call", "function"], Content = AnyText, Calls = null }
            .Also(TurnRules.Alternate("role", "system", ["user", "observation", "tool"], ["assistant", "function_call", "function"], endsInAnswer))
            .Also(static (check, turns) => CheckCalls(check, turns, "role"u8, "content"u8)));

    /// <summary>True for rows that are read with the tags role and content.</summary>
    public static bool HasMessages(JsonNode row) => row.Find("conversations"u8).IsMissing && !row.Find("messages"u8).IsMissing;

    // What stands in a call's turn is parsed; what it needs is a name and arguments.
    private static void CheckCalls(RowCheck check, JsonNode turns, ReadOnlySpan<byte> roleKey, ReadOnlySpan<byte> contentKey)
    {
        foreach (var turn in turns)
        {
            var content = turn.Find(contentKey);
            if (!turn.Find(roleKey).Is("function_call"u8) || !content.IsText) continue;

            var call = Record(Required("name", FilledText), Required("arguments", Either(AnyObject, AnyText)));
            var outer = check.Source;
            check.Source = CallText;
            JsonText(Either(call, ListOf(call, 1))).Check(check, content);
            check.Source = outer;
        }
    }
}

/// <summary>LLaMA-Factory's alpaca rows: <c>instruction</c>, <c>input</c>, <c>output</c>, with <c>system</c>, <c>history</c> and <c>tools</c>.</summary>
internal static class LlamaFactoryAlpaca
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-alpaca", "LLaMA-Factory formatting: alpaca, instruction, input and output", LlamaFactory.Alpaca)
    {
        Row = Record([.. LlamaFactory.Question, Required("output", TargetText), .. LlamaFactory.Extras]).Also(LlamaFactory.CheckQuestion),
        Rules = LlamaFactory.Columns,
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["system", "instruction", "input", "history", "output"],
    };
}

/// <summary>LLaMA-Factory's conversations: after a system turn questions and answers alternate, and the last one is an answer.</summary>
internal static class LlamaFactorySharegpt
{
    private static readonly (Shape Sharegpt, Shape Messages) Turns = LlamaFactory.Conversations(endsInAnswer: true);
    private static readonly Shape Sharegpt = Record([Required("conversations", Turns.Sharegpt), .. LlamaFactory.Extras]);
    private static readonly Shape Messages = Record([Required("messages", Turns.Messages), .. LlamaFactory.Extras]);

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-sharegpt", "LLaMA-Factory formatting: sharegpt, conversations (or messages by tags)", LlamaFactory.Sharegpt)
    {
        Row = AnyObject.Also(static (check, row) => (LlamaFactory.HasMessages(row) ? Messages : Sharegpt).Check(check, row)),
        Rules = static () => [new OneKind(static row => row.Find("conversations"u8).IsMissing ? row.Find("messages"u8).IsMissing ? null : "'messages'" : "'conversations'"), .. LlamaFactory.Columns()],
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["conversations", "messages"],
    };
}

/// <summary>LLaMA-Factory's pairs (<c>ranking: true</c>): alpaca rows with two strings, or a conversation that ends in a question with two turns.</summary>
internal static class LlamaFactoryRanking
{
    private static readonly (Shape Sharegpt, Shape Messages) Turns = LlamaFactory.Conversations(endsInAnswer: false);

    private static readonly Shape Answer = Record(Required("from", OneOf("gpt", "function_call")), Required("value", TargetText));
    private static readonly Shape MessageAnswer = Record(Required("role", OneOf("assistant", "function_call", "function")), Required("content", TargetText));

    private static readonly Shape Sharegpt = Record([Required("conversations", Turns.Sharegpt), Required("chosen", Answer), Required("rejected", Answer), .. LlamaFactory.Extras]).From(LlamaFactory.Sharegpt);
    private static readonly Shape Messages = Record([Required("messages", Turns.Messages), Required("chosen", MessageAnswer), Required("rejected", MessageAnswer), .. LlamaFactory.Extras]).From(LlamaFactory.Sharegpt);

    private static readonly Shape Alpaca = Record([.. LlamaFactory.Question, Required("chosen", TargetText), Required("rejected", TargetText), .. LlamaFactory.Extras]).Also(LlamaFactory.CheckQuestion);

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-ranking", "LLaMA-Factory ranking: true, chosen and rejected", LlamaFactory.Alpaca)
    {
        Row = AnyObject
            .Also(static (check, row) => ShapeOf(row).Check(check, row))
            .Also(static (check, row) => TrlShapes.CheckDifferent(check, row, "chosen"u8, "rejected"u8)),
        Rules = static () => [new OneKind(static row => ReferenceEquals(ShapeOf(row), Alpaca) ? "an alpaca pair" : "a pair behind a conversation"), .. LlamaFactory.Columns()],
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["conversations", "messages", "instruction", "input", "chosen", "rejected"],
    };

    private static Shape ShapeOf(JsonNode row) => !row.Find("conversations"u8).IsMissing ? Sharegpt : !row.Find("messages"u8).IsMissing ? Messages : Alpaca;
}

/// <summary>LLaMA-Factory's unpaired feedback: an alpaca row or a conversation with a boolean, whose column <c>kto_tag</c> names.</summary>
internal static class LlamaFactoryKto
{
    private static readonly (Shape Sharegpt, Shape Messages) Turns = LlamaFactory.Conversations(endsInAnswer: true);
    private static readonly Shape Sharegpt = Record([Required("conversations", Turns.Sharegpt), .. LlamaFactory.Extras]).From(LlamaFactory.Sharegpt);
    private static readonly Shape Messages = Record([Required("messages", Turns.Messages), .. LlamaFactory.Extras]).From(LlamaFactory.Sharegpt);
    private static readonly Shape Alpaca = Record([.. LlamaFactory.Question, Required("output", TargetText), .. LlamaFactory.Extras]).Also(LlamaFactory.CheckQuestion);

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-kto", "LLaMA-Factory KTO: an answer and whether it is good (kto_tag or label)", LlamaFactory.Alpaca)
    {
        Row = AnyObject.Also(static (check, row) => ShapeOf(row).Check(check, row)).Also(static (check, row) =>
        {
            var tag = row.Find("kto_tag"u8);
            if (tag.IsMissing) tag = row.Find("label"u8);
            if (tag.IsAbsent) Missing(check, row, tag, "kto_tag");
            else if (!tag.IsBoolean) check.Error(ConsumerCodes.WrongType, tag, $"{tag.Path} is {tag.Words}, expected true or false: the row would not count as feedback and is dropped");
        }),
        Rules = static () =>
        [
            new OneKind(static row => ReferenceEquals(ShapeOf(row), Alpaca) ? "an alpaca row" : "a conversation"),
            new BothLabels("kto_tag", "label") { Source = "llamafactory/data/processor/feedback.py FeedbackDatasetProcessor" }, .. LlamaFactory.Columns(),
        ],
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["conversations", "messages", "instruction", "input", "output"],
    };

    private static Shape ShapeOf(JsonNode row) => !row.Find("conversations"u8).IsMissing ? Sharegpt : !row.Find("messages"u8).IsMissing ? Messages : Alpaca;
}
