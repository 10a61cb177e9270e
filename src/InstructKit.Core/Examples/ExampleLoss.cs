namespace InstructKit.Examples;

/// <summary>What a record does not hold of its row, or holds in another form; counted by format.</summary>
[Flags]
public enum ExampleLoss
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Tabs or line ends, for which the container has no place.</summary>
    LineBreaks = 1,

    /// <summary>Turns behind the model's last one.</summary>
    TrailingTurns = 1 << 1,

    /// <summary>Reasoning.</summary>
    Reasoning = 1 << 2,

    /// <summary>Keys of messages that no turn here has.</summary>
    OtherKeys = 1 << 3,

    /// <summary>Turns that are trained on, before the last one, where only the last one is the target.</summary>
    EarlierReplies = 1 << 4,

    /// <summary>Tools that the model may call.</summary>
    Tools = 1 << 5,

    /// <summary>Images and other parts that are no text.</summary>
    Media = 1 << 6,

    /// <summary>Which turns of the model are not trained on.</summary>
    TurnMarks = 1 << 7,

    /// <summary>Text beside calls, where a turn is one or the other.</summary>
    TextBesideCalls = 1 << 8,

    /// <summary>Borders between turns of tools that were joined, because turns have to alternate.</summary>
    JoinedResults = 1 << 9,

    /// <summary>Questions and answers that do not alternate, for which the reader drops the row.</summary>
    NotAlternating = 1 << 10,

    /// <summary>Calls of tools as such; they are part of the text.</summary>
    ToolCalls = 1 << 11,

    /// <summary>Names of speakers.</summary>
    Names = 1 << 12,
}

/// <summary>The names of losses.</summary>
internal static class ExampleLosses
{
    private static readonly string[] Names =
    [
        "line_breaks", "trailing_turns", "reasoning", "other_keys", "earlier_replies", "tools", "media", "turn_marks", "text_beside_calls", "joined_results", "not_alternating", "tool_calls", "names",
    ];

    /// <summary>The names, in the order of the flags.</summary>
    public static IEnumerable<string> NamesOf(ExampleLoss losses) => Names.Where((_, bit) => ((int)losses & (1 << bit)) != 0);
}
