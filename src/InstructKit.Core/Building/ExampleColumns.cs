using InstructKit.Sinks;

namespace InstructKit.Building;

/// <summary>The columns of the examples, in order, as <see cref="ExampleFormat"/> writes them.</summary>
internal static class ExampleColumns
{
    private static readonly OutputColumn[] Scoring =
    [
        new("choices", ColumnType.Texts),
        new("answer_index", ColumnType.Integer),
        new("answers", ColumnType.Texts),
    ];

    private static readonly OutputColumn[] Plain = Of([]);
    private static readonly OutputColumn[] Scored = Of(Scoring);

    /// <summary>The columns of an output split; held-out splits carry what scoring needs.</summary>
    public static IReadOnlyList<OutputColumn> ForSplit(string split) => IsScored(split) ? Scored : Plain;

    /// <summary>True for the splits that are scored.</summary>
    public static bool IsScored(string split) => split is OutputSplit.Test or OutputSplit.HeldOut or OutputSplit.HeldOutValidation;

    private static OutputColumn[] Of(OutputColumn[] scoring) =>
    [
        new("input", ColumnType.Text),
        new("target", ColumnType.Text),
        .. scoring,
        new("task", ColumnType.Text),
        new("cluster", ColumnType.Text),
        new("template", ColumnType.Text),
        new("kind", ColumnType.Text),
        new("split", ColumnType.Text),
        new("row", ColumnType.Integer),
    ];
}
