using System.Text.RegularExpressions;
using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Finds keys of a task file in its text, to point at.</summary>
internal static class KeyPlace
{
    /// <summary>The place of a top-level key, or of a key below it. The start of the file when it is not there: an inherited key, or one left out.</summary>
    /// <param name="task">The task.</param>
    /// <param name="key">Top-level key.</param>
    /// <param name="inner">Key below it, or null.</param>
    public static SourceSpan Find(TaskDefinition task, string key, string? inner)
    {
        var source = task.Span.Source;
        var outer = Regex.Match(source.Text, $"^{Regex.Escape(key)}(?=\\s*:)", RegexOptions.Multiline);
        if (!outer.Success) return new SourceSpan(source, task.Span.Offset, 0);

        if (inner is null) return new SourceSpan(source, outer.Index, outer.Length);

        var own = new Regex($"(?<![\\w'])['\"]?{Regex.Escape(inner)}['\"]?(?=\\s*:)").Match(source.Text, outer.Index + outer.Length);
        return own.Success ? new SourceSpan(source, own.Index, own.Length) : new SourceSpan(source, outer.Index, outer.Length);
    }
}
