using System.Text.RegularExpressions;

namespace InstructKit.Authoring.Importing;

/// <summary>Report on everything that an import read: a line for each task and message, and the number of messages of each kind.</summary>
internal static partial class ImportReport
{
    private const string Any = "…";

    [GeneratedRegex(@"\b(?<what>task|function|group|metric|template|member|choice|key|card|artifact) '[^']*'")]
    private static partial Regex Named { get; }

    [GeneratedRegex(@" is (?:(?!, which).)*, which the import")]
    private static partial Regex Value { get; }

    [GeneratedRegex(@"'(?<call>[\w.\[\]""]*)\([^']*(?:'(?! ?[,.(]|\z)[^']*)*'")]
    private static partial Regex Call { get; }

    [GeneratedRegex(@" \([^()]*:\d+:\d+\)")]
    private static partial Regex Place { get; }

    [GeneratedRegex(@"\btask '(?<name>[^']*)'")]
    private static partial Regex TaskName { get; }

    /// <summary>The kinds of messages, most frequent first: omissions, then remarks.</summary>
    public static IReadOnlyList<ImportMessageKind> Kinds(IEnumerable<Diagnostic> diagnostics) =>
    [
        .. diagnostics.GroupBy(one => (one.Severity, one.Code, Text: KindOf(one.Message)))
            .Select(group => new ImportMessageKind(group.Key.Severity, group.Key.Code, group.Key.Text, group.Count()))
            .OrderBy(kind => kind.Severity == Severity.Error ? 0 : 1).ThenByDescending(kind => kind.Count).ThenBy(kind => kind.Code, StringComparer.Ordinal).ThenBy(kind => kind.Text, StringComparer.Ordinal),
    ];

    /// <summary>Writes the report as CSV with the columns result (imported, left out, told), task, place, code and message.</summary>
    /// <param name="output">Where to; UTF-8.</param>
    public static void WriteCsv(ImportResult result, Stream output)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("result,task,place,code,message");
        foreach (var file in result.Files.Where(file => file.Templates > 0)) WriteLine(writer, "imported", file.Task, file.Path, string.Empty, string.Empty);

        foreach (var one in result.Diagnostics)
        {
            var place = one.Span is { } span ? string.Create(CultureInfo.InvariantCulture, $"{span.Source.Name}:{span.Start}") : string.Empty;
            WriteLine(writer, one.Severity == Severity.Error ? "left out" : "told", TaskName.Match(one.Message).Groups["name"].Value, place, one.Code, one.Message);
        }
    }

    private static void WriteLine(StreamWriter writer, params ReadOnlySpan<string> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) writer.Write(',');

            writer.Write(cells[i].AsSpan().IndexOfAny("\",\r\n") < 0 ? cells[i] : $"\"{cells[i].Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }

        writer.WriteLine();
    }

    // A message without its task-specific parts.
    private static string KindOf(string message)
    {
        var text = Place.Replace(message, string.Empty);
        text = Value.Replace(text, $" is {Any}, which the import");
        text = Named.Replace(text, match => $"{match.Groups["what"].Value} '{Any}'");
        return Call.Replace(text, match => $"'{match.Groups["call"].Value}({Any})'");
    }
}

/// <summary>A kind of message.</summary>
/// <param name="Severity">Error for an omission, warning for a remark.</param>
/// <param name="Text">The message without its task-specific parts.</param>
/// <param name="Count">Number of occurrences.</param>
internal sealed record ImportMessageKind(Severity Severity, string Code, string Text, int Count);
