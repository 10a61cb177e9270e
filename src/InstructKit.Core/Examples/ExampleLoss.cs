namespace InstructKit.Examples;

/// <summary>Content of a row that its record lacks, or has in another form; counted by format.</summary>
[Flags]
public enum ExampleLoss
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Tabs or line ends, which the container cannot store.</summary>
    LineBreaks = 1,

    /// <summary>Turns after the model's last one.</summary>
    TrailingTurns = 1 << 1,

    /// <summary>Reasoning.</summary>
    Reasoning = 1 << 2,

    /// <summary>Keys of messages that no turn here has.</summary>
    OtherKeys = 1 << 3,

    /// <summary>Trained turns before the last one, where only the last one is the target.</summary>
    EarlierReplies = 1 << 4,

    /// <summary>Tools that the model may call.</summary>
    Tools = 1 << 5,

    /// <summary>Images and other parts that are not text.</summary>
    Media = 1 << 6,

    /// <summary>Which turns of the model are not trained on.</summary>
    TurnMarks = 1 << 7,

    /// <summary>Text in addition to calls, where a turn is one or the other.</summary>
    TextBesideCalls = 1 << 8,

    /// <summary>Boundaries between tool turns that were joined, because turns must alternate.</summary>
    JoinedResults = 1 << 9,

    /// <summary>Questions and answers that do not alternate, for which the reader drops the row.</summary>
    NotAlternating = 1 << 10,

    /// <summary>Structured tool calls; they are part of the text.</summary>
    ToolCalls = 1 << 11,

    /// <summary>Names of speakers.</summary>
    Names = 1 << 12,

    /// <summary>Which parts of a turn are trained on, weights other than 0 and 1, and marks of turns that are not the model's.</summary>
    FineMarks = 1 << 13,

    /// <summary>Which call a result answers.</summary>
    CallIds = 1 << 14,

    /// <summary>The system text of a column, if the conversation begins with another one.</summary>
    SystemText = 1 << 15,
}

/// <summary>Names and descriptions of losses.</summary>
internal static class ExampleLosses
{
    /// <summary>Names and texts, in the order of the flags.</summary>
    public static IReadOnlyList<(string Name, string Text)> All { get; } =
    [
        ("line_breaks", "a space was written for each tab and line end (--line-breaks escape keeps them)"),
        ("trailing_turns", "turns after the model's last one, or the last one trained on where conversations are unrolled, are left out"),
        ("reasoning", "reasoning is left out (--reasoning and --reasoning-history keep it in formats of whole conversations)"),
        ("other_keys", "messages, parts or calls have further keys, or a key twice, which are left out"),
        ("earlier_replies", "the last reply is the target, earlier ones are not trained on (formats with turns train on all)"),
        ("tools", "the tools that are offered are left out (formats with turns keep them)"),
        ("media", "images and other parts that are not text are left out (messages and axolotl keep them)"),
        ("turn_marks", "turns that the source does not train on are like any other here (--turn-marks KEY marks them in formats that have such a key)"),
        ("text_beside_calls", "text and reasoning next to tool calls are left out"),
        ("joined_results", "results of several calls are joined into one turn"),
        ("not_alternating", "questions and answers do not alternate; LLaMA-Factory drops such rows"),
        ("tool_calls", "calls of tools are part of the text"),
        ("names", "names of speakers are left out"),
        ("fine_marks", "what is trained on is marked more finely than by turns of the model (parts, train_detail, weights other than 0 and 1, other roles), which is left out (messages and axolotl keep parts where the task has: [parts])"),
        ("call_ids", "ids of calls, and what results state about the call they answer, are left out"),
        ("system", "a system text for a conversation that begins with another one is left out"),
    ];

    /// <summary>The names, in the order of the flags.</summary>
    public static IEnumerable<string> NamesOf(ExampleLoss losses) => All.Where((_, bit) => ((int)losses & (1 << bit)) != 0).Select(loss => loss.Name);

    /// <summary>The description of a loss.</summary>
    public static string TextOf(string name) => All.First(loss => loss.Name == name).Text;
}
