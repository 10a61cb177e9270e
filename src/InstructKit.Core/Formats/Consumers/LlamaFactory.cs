using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>Common rules of LLaMA-Factory's datasets (hiyouga/LLaMA-Factory: src/llamafactory/data/converter.py, loader.py, extras/constants.py FILEEXT2TYPE).</summary>
internal static class LlamaFactory
{
    /// <summary>The converter of alpaca rows.</summary>
    public const string Alpaca = "llamafactory/data/converter.py AlpacaDatasetConverter";

    /// <summary>The converter of conversations.</summary>
    public const string Sharegpt = "llamafactory/data/converter.py SharegptDatasetConverter";

    private const string ToolText = "llamafactory/data/formatter.py ToolFormatter";
    private const string CallText = "llamafactory/data/formatter.py FunctionFormatter";

    private static readonly (byte[] Column, byte[] Mark)[] Media = [("images"u8.ToArray(), "<image>"u8.ToArray()), ("videos"u8.ToArray(), "<video>"u8.ToArray()), ("audios"u8.ToArray(), "<audio>"u8.ToArray())];
    private static readonly byte[][] Texts = ["conversations"u8.ToArray(), "messages"u8.ToArray(), "instruction"u8.ToArray(), "input"u8.ToArray(), "history"u8.ToArray(), "output"u8.ToArray()];

    private static readonly Shape Call = Record(Required("name", FilledText), Required("arguments", Either(AnyObject, AnyText)));
    private static readonly Shape Calls = JsonText(Either(Call, ListOf(Call, 1)), CallOf).From(CallText);

    // A tool, or the object under its <c>function</c>.
    private static readonly Shape ToolList = JsonText(ListOf(AnyObject.Also(static (check, tool) =>
    {
        var function = tool.Find("function"u8);
        var own = function.IsAbsent ? tool : function;
        if (!own.Find("name"u8).IsText) check.Warning(ConsumerCodes.MissingField, own, $"{own.Path} has no name: the formats of tools that write text fail (template: default)");
        else if (!own.Find("parameters"u8).Find("properties"u8).IsObject) check.Warning(ConsumerCodes.MissingField, own, $"{own.Path} has no parameters.properties: the formats of tools that write text fail (template: default)");
    })));

    /// <summary>Extensions that the loader opens; only the last extension counts, so compressed files are rejected.</summary>
    public static string[] Extensions { get; } = [".arrow", ".csv", ".json", ".jsonl", ".parquet", ".txt"];

    /// <summary>The system prompt and the tools, which are the JSON of a list as a string.</summary>
    public static Field[] Extras { get; } =
    [
        Optional("system", AnyText), Optional("tools", AnyText.Also(static (check, tools) =>
        {
            if (!tools.Bytes.IsEmpty) ToolList.Check(check, tools);
        }).From(ToolText)),
    ];

    /// <summary>The instruction and its input: one of them is non-empty.</summary>
    public static Field[] Question { get; } = [Required("instruction", AnyText), Optional("input", AnyText), Optional("history", History)];

    private static Shape History => ListOf(ListOf(AnyText).Also(static (check, pair) =>
    {
        if (pair.Count != 2) check.Error(ConsumerCodes.Lengths, pair, $"{pair.Path} has {pair.Count} elements, expected an instruction and a response");
    }));

    /// <summary>Reports an empty question.</summary>
    public static void CheckQuestion(RowCheck check, JsonNode row)
    {
        var (instruction, input) = (row.Find("instruction"u8), row.Find("input"u8));
        if (instruction.IsBlank && (input.IsAbsent || input.IsBlank)) check.Error(ConsumerCodes.Empty, instruction, "instruction and input are both empty: the user's turn has nothing in it");
    }

    /// <summary>Reports images, videos and audios that are more or fewer than their marks in the texts.</summary>
    public static void CheckMedia(RowCheck check, JsonNode row)
    {
        check.Source = "llamafactory/data/mm_plugin.py _validate_messages";
        foreach (var (key, mark) in Media)
        {
            var media = row.Find(key);
            var number = media.IsText ? 1 : media.Count;
            if (media.IsAbsent || number == 0) continue;

            var marks = 0;
            foreach (var column in Texts) marks += row.Find(column).Bytes.Count(mark);

            // A mark may be escaped.
            if (marks != number && row.Bytes.IndexOf("\\u003c"u8) < 0)
                check.Error(ConsumerCodes.Lengths, media, string.Create(CultureInfo.InvariantCulture, $"{media.Path} has {number} {(number == 1 ? "element" : "elements")}, and the texts have {marks} times {Encoding.UTF8.GetString(mark)}"));
        }
    }

    /// <summary>An alpaca row with these answers.</summary>
    public static Shape AlpacaRow(params Field[] answers) => Record([.. Question, .. answers, .. Extras]).Also(CheckQuestion).Also(CheckMedia);

    /// <summary>A row with a conversation in <c>conversations</c> with from and value.</summary>
    /// <param name="endsInAnswer">Whether the number of turns after a system turn is even or odd.</param>
    /// <param name="answers">Other members of the row.</param>
    public static Shape SharegptRow(bool endsInAnswer, params Field[] answers) => RowOf(
        "conversations", "from", "value",
        new Turns { Keys = ("from", "value"), Roles = ["system", "human", "gpt", "observation", "function_call"], Content = AnyText, Calls = null }
            .Also(TurnRules.Alternate("from", "system", ["human", "observation"], ["gpt", "function_call"], endsInAnswer)), answers);

    /// <summary>A row with a conversation in <c>messages</c> with role and content, depending on the tags.</summary>
    /// <inheritdoc cref="SharegptRow"/>
    public static Shape MessagesRow(bool endsInAnswer, params Field[] answers) => RowOf(
        "messages", "role", "content",
        new Turns { Roles = ["system", "user", "assistant", "observation", "tool", "function_call", "function"], Content = AnyText, Calls = null }
            .Also(TurnRules.Alternate("role", "system", ["user", "observation", "tool"], ["assistant", "function_call", "function"], endsInAnswer)), answers);

    /// <summary>True for rows without a conversation.</summary>
    public static bool IsAlpaca(JsonNode row) => row.Find("conversations"u8).IsMissing && row.Find("messages"u8).IsMissing;

    /// <summary>A row, by the column it has.</summary>
    /// <param name="other">The shape of a row without a conversation.</param>
    public static Shape Row(Shape sharegpt, Shape messages, Shape other) => AnyObject.Also((check, row) =>
        (!row.Find("conversations"u8).IsMissing ? sharegpt : !row.Find("messages"u8).IsMissing ? messages : other).Check(check, row));

    private static Shape RowOf(string column, string roleKey, string contentKey, Shape turns, Field[] answers)
    {
        var (role, content) = (Encoding.UTF8.GetBytes(roleKey), Encoding.UTF8.GetBytes(contentKey));
        return Record([Required(column, turns.Also((check, list) => CheckCalls(check, list, role, content))), .. answers, .. Extras]).From(Sharegpt).Also(CheckMedia);
    }

    // The text of a call's turn is parsed, without the reasoning before it or between its tags; it needs a name and arguments.
    private static void CheckCalls(RowCheck check, JsonNode turns, ReadOnlySpan<byte> roleKey, ReadOnlySpan<byte> contentKey)
    {
        foreach (var turn in turns)
        {
            var content = turn.Find(contentKey);
            if (turn.Find(roleKey).Is("function_call"u8) && content.IsText) Calls.Check(check, content);
        }
    }

    private static Range CallOf(ReadOnlySpan<byte> text)
    {
        var (start, end) = (text.IndexOf("<tool_call>"u8), text.IndexOf("</tool_call>"u8));
        if (start >= 0 && end > start) return (start + "<tool_call>".Length)..end;

        var thought = text.TrimStart(" \r\n\t"u8).StartsWith("<think>"u8) ? text.IndexOf("</think>"u8) : -1;
        return thought < 0 ? .. : (thought + "</think>".Length)..;
    }
}

/// <summary>Some alpaca row has the column <c>input</c>, which is read unless the entry of the data set lists its columns.</summary>
internal sealed class InputColumn : DatasetRule
{
    public InputColumn() => Source = "llamafactory/data/parser.py DatasetAttr";

    private bool _isAlpaca;
    private bool _isThere;

    /// <inheritdoc/>
    public override void Row(RowCheck check, JsonNode row, long bytesBefore)
    {
        if (_isThere) return;

        _isAlpaca |= LlamaFactory.IsAlpaca(row);
        _isThere = !row.Find("input"u8).IsMissing;
    }

    /// <inheritdoc/>
    public override void End(RowCheck check)
    {
        if (_isAlpaca && !_isThere)
            check.Whole(ConsumerCodes.MissingField, Severity.Warning, "no row has input, which is read by default (a KeyError): list the columns that there are under columns in dataset_info.json");
    }
}

/// <summary>LLaMA-Factory's alpaca rows: <c>instruction</c>, <c>input</c>, <c>output</c>, with <c>system</c>, <c>history</c> and <c>tools</c>.</summary>
internal static class LlamaFactoryAlpaca
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-alpaca", "LLaMA-Factory formatting: alpaca, instruction, input and output", LlamaFactory.Alpaca)
    {
        Row = LlamaFactory.AlpacaRow(Required("output", TargetText)),
        Rules = static () => [new InputColumn(), new SteadyColumns()],
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["system", "instruction", "input", "history", "output"],
    };
}

/// <summary>LLaMA-Factory's conversations: after a system turn questions and answers alternate, and the last one is an answer.</summary>
internal static class LlamaFactorySharegpt
{
    private static readonly Shape Sharegpt = LlamaFactory.SharegptRow(endsInAnswer: true);

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-sharegpt", "LLaMA-Factory formatting: sharegpt, conversations (or messages by tags)", LlamaFactory.Sharegpt)
    {
        Row = LlamaFactory.Row(Sharegpt, LlamaFactory.MessagesRow(endsInAnswer: true), Sharegpt),
        Rules = static () => [new OneKind(static row => row.Find("conversations"u8).IsMissing ? row.Find("messages"u8).IsMissing ? null : "'messages'" : "'conversations'"), new SteadyColumns()],
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["conversations", "messages"],
    };
}

/// <summary>LLaMA-Factory's pairs (<c>ranking: true</c>): alpaca rows with two strings, or a conversation that ends in a question with two turns.</summary>
internal static class LlamaFactoryRanking
{
    private static readonly Shape Answer = Record(Required("from", OneOf("gpt", "function_call")), Required("value", TargetText));
    private static readonly Shape MessageAnswer = Record(Required("role", OneOf("assistant", "function_call", "function")), Required("content", TargetText));

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-ranking", "LLaMA-Factory ranking: true, chosen and rejected", LlamaFactory.Alpaca)
    {
        Row = LlamaFactory.Row(
            LlamaFactory.SharegptRow(endsInAnswer: false, Required("chosen", Answer), Required("rejected", Answer)),
            LlamaFactory.MessagesRow(endsInAnswer: false, Required("chosen", MessageAnswer), Required("rejected", MessageAnswer)),
            LlamaFactory.AlpacaRow(Required("chosen", TargetText), Required("rejected", TargetText)))
            .Also(static (check, row) => TrlShapes.CheckDifferent(check, row, "chosen"u8, "rejected"u8)),
        Rules = static () => [new OneKind(static row => LlamaFactory.IsAlpaca(row) ? "an alpaca pair" : "a pair after a conversation"), new InputColumn(), new SteadyColumns()],
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["conversations", "messages", "instruction", "input", "chosen", "rejected"],
    };
}

/// <summary>LLaMA-Factory's unpaired feedback: an alpaca row or a conversation with a boolean, whose column <c>kto_tag</c> names.</summary>
internal static class LlamaFactoryKto
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("llama-factory-kto", "LLaMA-Factory KTO: an answer and whether it is good (kto_tag or label)", LlamaFactory.Alpaca)
    {
        Row = LlamaFactory.Row(
            LlamaFactory.SharegptRow(endsInAnswer: true), LlamaFactory.MessagesRow(endsInAnswer: true), LlamaFactory.AlpacaRow(Required("output", TargetText))).Also(static (check, row) =>
        {
            var tag = row.Find("kto_tag"u8);
            if (tag.IsMissing) tag = row.Find("label"u8);
            if (tag.IsAbsent) Missing(check, row, tag, "kto_tag");
            else if (tag.IsTrue && AnswerOf(row) is { IsText: true } answer && answer.Bytes.IsEmpty)
                check.Error(ConsumerCodes.Empty, answer, $"{answer.Path} is empty: an answer that is marked good and has nothing in it counts as a bad one");
            else if (!tag.IsBoolean) check.Error(ConsumerCodes.WrongType, tag, $"{tag.Path} is {tag.Words}, expected true or false: the row would not count as feedback and is dropped");
        }),
        Rules = static () =>
        [
            new OneKind(static row => LlamaFactory.IsAlpaca(row) ? "an alpaca row" : "a conversation"), new InputColumn(),
            new BothLabels("kto_tag", "label") { Source = "llamafactory/data/processor/feedback.py FeedbackDatasetProcessor" }, new SteadyColumns(),
        ],
        Extensions = LlamaFactory.Extensions,
        Compressions = [],
        Identity = ["conversations", "messages", "instruction", "input", "output"],
    };

    private static JsonNode AnswerOf(JsonNode row)
    {
        var turns = row.Find("conversations"u8);
        return turns.IsMissing ? row.Find("messages"u8) is { IsMissing: false } messages ? messages.Last.Find("content"u8) : row.Find("output"u8) : turns.Last.Find("value"u8);
    }
}
