namespace InstructKit.Building.Slices;

/// <summary>What a reader says when it cannot go on, with the task: readers name a file as the layout does, and many tasks have a <c>train.jsonl</c>.</summary>
internal static class BrokenSource
{
    /// <summary>True for an exception of a reader that does not say what to do.</summary>
    public static bool IsOne(DiagnosticException exception) => exception.Diagnostics is [{ Hint: null } only] && only.Code.StartsWith("IK3", StringComparison.Ordinal);

    /// <summary>The exception with the task and its folder.</summary>
    public static DiagnosticException Of(string task, string folder, DiagnosticException exception)
    {
        var only = exception.Diagnostics[0];
        return new(only with { Span = Below(folder, only.Span), Hint = $"Task {task}, read from {folder}." }, exception);
    }

    // The same place under the file's whole path, which editors and people can follow.
    private static SourceSpan? Below(string folder, SourceSpan? span) => span is { } place
        ? new SourceSpan(SourceText.Embedded(Path.Combine(folder, place.Source.Name), string.Empty, _ => place.Start), 0, 0)
        : null;
}
