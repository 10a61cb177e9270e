using System.Text.Json;
using System.Text.RegularExpressions;
using InstructKit.Auditing.Validation;
using InstructKit.Formats.Consumers;
using Xunit;

namespace InstructKit.Tests.Formats.Consumers;

/// <summary>
/// For each rule of each consumer an invalid row is found at its line, and valid ones next to it are not. The cases are in <c>cases/TARGET.jsonl</c>: <c>rows</c> (objects, or strings for
/// raw lines) and the expected findings as <c>CODE:line</c>, warnings prefixed with <c>~</c>, without a line for the data as a whole. A file may begin
/// with a valid row (<c>beside</c>) and a number of rows (<c>least</c>): then a case has one <c>row</c>, which is put on line 2 of that many valid ones. <c>by</c> states how
/// an error was verified: the consumer's own code rejected the row when run, was only read, or is only known from the facts (<c>table.py</c> counts them).
/// </summary>
public sealed partial class ConsumerRuleTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Targets => [.. ConsumerTable.Names];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Targets))]
    public void Broken_rows_are_found_at_their_lines_and_right_ones_pass(string target)
    {
        List<string> wrong = [];
        var (number, places) = (0, 0);
        string? beside = null;
        var least = 0;
        var usual = "data.jsonl";
        foreach (var line in File.ReadLines(RepositoryRoot.At("tests", "InstructKit.Tests", "Formats", "Consumers", "cases", target + ".jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var one = document.RootElement;
            if (one.TryGetProperty("beside", out var right))
            {
                (beside, least) = (Text(right), one.GetProperty("least").GetInt32());
                if (one.TryGetProperty("file", out var file)) usual = file.GetString()!;
                continue;
            }

            var name = one.TryGetProperty("file", out var given) ? given.GetString()! : usual;
            List<string> rows = one.TryGetProperty("row", out var row) ? [beside!, Text(row), .. Enumerable.Repeat(beside!, least - 2)] : [.. one.GetProperty("rows").EnumerateArray().Select(Text)];
            var path = _scratch.Write($"{number++}/{name}", string.Concat(rows.Select(row => row + "\n")));
            var report = new Validator(new ValidationRequest { Target = ConsumerTable.Find(target), Inputs = [path], MaxFindings = int.MaxValue }).Run(CancellationToken.None);
            var expected = one.GetProperty("expect").EnumerateArray().Select(code => code.GetString()!).Order(StringComparer.Ordinal);
            var found = report.Findings.Select(finding => Shown(finding.Diagnostic)).Order(StringComparer.Ordinal);
            foreach (var finding in report.Findings.Select(finding => finding.Diagnostic))
            {
                if (name.EndsWith(".jsonl", StringComparison.Ordinal) && finding.Span is { } span && ColumnOf(rows.ElementAtOrDefault(span.Start.Line), finding.Message) is { } column && ++places > 0 && span.Start.Column != column)
                    wrong.Add($"{one.GetProperty("case").GetString()}: column {column + 1} is what is named, not that of {finding}");
            }

            var isTrainer = target.StartsWith("trl-", StringComparison.Ordinal) || target.StartsWith("axolotl-", StringComparison.Ordinal) || target.StartsWith("llama-factory-", StringComparison.Ordinal);
            if (one.TryGetProperty("by", out var by) ? by.GetString() is not ("run" or "read" or "facts") : isTrainer && expected.Any(code => code[0] != '~' && code.Contains(':', StringComparison.Ordinal)))
                wrong.Add($"{one.GetProperty("case").GetString()}: 'by' says run, read or facts");

            if (!expected.SequenceEqual(found))
                wrong.Add($"{one.GetProperty("case").GetString()}: expected [{string.Join(", ", expected)}], found [{string.Join(", ", found)}]\n    {string.Join("\n    ", report.Findings.Select(finding => finding.Diagnostic))}");
        }

        Assert.True(number > 5, "There are cases of every consumer.");
        Assert.True(places > 3 || target is "t5-tsv" or "hf-datasets", "Findings name the value that is at fault.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // The first case of every consumer is valid.
    [Theory]
    [MemberData(nameof(Targets))]
    public void Without_a_target_right_rows_suit_their_consumer(string target)
    {
        var cases = File.ReadLines(RepositoryRoot.At("tests", "InstructKit.Tests", "Formats", "Consumers", "cases", target + ".jsonl")).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        var right = cases[0].TryGetProperty("beside", out var beside) ? Enumerable.Repeat(beside, cases[0].GetProperty("least").GetInt32()) : cases[0].GetProperty("rows").EnumerateArray();
        var name = cases[0].TryGetProperty("file", out var file) ? file.GetString()! : "data.jsonl";
        foreach (var own in target == "t5-tsv" ? new[] { name, "data.txt" } : [name])
        {
            var path = _scratch.Write($"suits/{own}", string.Concat(right.Select(row => Text(row) + "\n")));
            var report = new Validator(new ValidationRequest { Inputs = [path] }).Run(CancellationToken.None);
            Assert.Contains(target, report.Suits.Where(one => one.Reason is null).Select(one => one.Consumer.Name));
            Assert.Contains(report.Suits, one => one.Reason is not null);
        }
    }

    private static string Text(JsonElement row) => row.ValueKind == JsonValueKind.String ? row.GetString()! : row.GetRawText();

    private static string Shown(Diagnostic diagnostic) =>
        $"{(diagnostic.Severity == Severity.Warning ? "~" : string.Empty)}{diagnostic.Code}{(diagnostic.Span is { } span ? $":{span.Start.Line + 1}" : string.Empty)}";

    // A message begins with the path of a value, which is looked up here with .NET's reader: the finding is at that value, or at the object that lacks it.
    private static int? ColumnOf(string? row, string message)
    {
        if (PathAtFault().Match(message) is not { Success: true } match || row?.StartsWith('{') is not true) return null;

        var path = match.Groups[1].Value;
        if (match.Groups[2].Value == "missing") path = path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : string.Empty;

        var bytes = Encoding.UTF8.GetBytes(row);
        var reader = new Utf8JsonReader(bytes);
        try
        {
            Stack<(string Path, int Index)> outer = new();
            for (var key = string.Empty; reader.Read();)
            {
                if (reader.TokenType == JsonTokenType.PropertyName) key = reader.GetString()!;
                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject) outer.Pop();
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject) continue;

                var own = string.Empty;
                if (outer.TryPop(out var container))
                {
                    own = container.Index < 0 ? (container.Path.Length == 0 ? key : $"{container.Path}.{key}") : $"{container.Path}[{container.Index}]";
                    outer.Push(container with { Index = container.Index < 0 ? -1 : container.Index + 1 });
                }

                if (own == path) return Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.TokenStartIndex));
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject) outer.Push((own, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
            }
        }
        catch (JsonException)
        {
            // Such rows are for the reader's own tests.
        }

        return null;
    }

    [GeneratedRegex(@"^([\w.\[\]]+) is (missing|.+, expected )")]
    private static partial Regex PathAtFault();
}
