using System.Text.Json;
using InstructKit.Tasks;

namespace InstructKit.Evaluation.Scoring;

/// <summary>A check of a score, for CI.</summary>
/// <param name="Task">Task, or mean.</param>
/// <param name="Name">Name of the check.</param>
/// <param name="Message">The result.</param>
internal sealed record ScoreCheck(string Task, string Name, string Message, bool Passed)
{
    /// <summary>Name of the mean of clusters and of the mean of tasks in checks.</summary>
    public const string Overall = "overall";

    /// <summary>Checks lower bounds.</summary>
    /// <param name="bounds">Tasks, clusters or <c>overall</c> with the minimum share of a perfect score, 0 to 1.</param>
    /// <exception cref="DiagnosticException">A name is not in the report (IK2023).</exception>
    public static IEnumerable<ScoreCheck> Bounds(ScoreReport report, IEnumerable<(string Name, double Least)> bounds)
    {
        var values = Values(report);
        foreach (var (name, least) in bounds)
        {
            if (!values.TryGetValue(name, out var value)) throw Unknown(name, values.Keys);

            yield return new ScoreCheck(name, $"at least {Text(least)}", $"{name} is {Text(value)} of a perfect score, at least {Text(least)} is asked", value >= least);
        }
    }

    /// <summary>Compares with an earlier report: no task, cluster or mean may drop by more than a share of a perfect score.</summary>
    /// <exception cref="DiagnosticException">The file is not a report, or of another profile (IK5006).</exception>
    public static IEnumerable<ScoreCheck> Drops(ScoreReport report, string path, ReadOnlySpan<byte> baseline, double maxDrop)
    {
        var earlier = Read(path, baseline, report.Profile.Name);
        var values = Values(report);
        List<ScoreCheck> checks = [];
        foreach (var (name, value) in earlier)
        {
            var isThere = values.TryGetValue(name, out var now);
            checks.Add(new ScoreCheck(name, $"drops by at most {Text(maxDrop)}", isThere
                ? $"{name} was {Text(value)} of a perfect score and is {Text(now)}"
                : $"{name} was {Text(value)} of a perfect score and is not in this report", isThere && value - now <= maxDrop));
        }

        return checks;
    }

    // Shares of a perfect score, independent of the profile's scale.
    private static Dictionary<string, double> Values(ScoreReport report)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (var variant in report.Variants)
        {
            var behind = variant.Name.Length == 0 ? string.Empty : $"@{variant.Name}";
            if (variant.OfClusters is { } all) values[Overall + behind] = all.Mean.Value / PerfectOf(variant);
            foreach (var cluster in variant.Clusters) values[cluster.Name + behind] = cluster.Mean.Value / PerfectOf(variant);
            foreach (var task in variant.Tasks.Where(task => !double.IsInfinity(task.Primary.Perfect))) values[task.Task + behind] = task.Primary.Mean.Value / task.Primary.Perfect;
        }

        return values;
    }

    private static double PerfectOf(VariantReport variant) => variant.Tasks.First(task => !double.IsInfinity(task.Primary.Perfect)).Primary.Perfect;

    private static Dictionary<string, double> Read(string path, ReadOnlySpan<byte> json, string profile)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.GetProperty("profile").GetString() is var other && other != profile) throw new JsonException($"it is of the profile '{other}', this one of '{profile}'");

            Dictionary<string, double> values = new(StringComparer.Ordinal);
            foreach (var variant in root.GetProperty("variants").EnumerateArray())
            {
                var behind = variant.GetProperty("variant").GetString() is { Length: > 0 } name ? $"@{name}" : string.Empty;
                var perfect = 0.0;
                foreach (var task in variant.GetProperty("tasks").EnumerateArray())
                {
                    var figure = task.GetProperty("metrics")[0];
                    if (figure.GetProperty("perfect").ValueKind == JsonValueKind.Null || figure.GetProperty("mean").GetProperty("value").ValueKind == JsonValueKind.Null) continue;
                    if (perfect == 0) perfect = figure.GetProperty("perfect").GetDouble();
                    values[task.GetProperty("task").GetString() + behind] = figure.GetProperty("mean").GetProperty("value").GetDouble() / figure.GetProperty("perfect").GetDouble();
                }

                foreach (var cluster in variant.GetProperty("clusters").EnumerateArray()) values[cluster.GetProperty("name").GetString() + behind] = cluster.GetProperty("mean").GetProperty("value").GetDouble() / perfect;
                if (variant.GetProperty("mean_of_clusters") is { ValueKind: JsonValueKind.Object } all) values[Overall + behind] = all.GetProperty("mean").GetProperty("value").GetDouble() / perfect;
            }

            return values;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DiagnosticException(new Diagnostic(ScoreCodes.BadReport, Severity.Error, $"'{path}' is not a report to compare with: {failure.Message.Split('\n')[0].TrimEnd('.')}.")
            { Hint = "Make one with `instructkit score … --json > FILE`." });
        }
    }

    private static DiagnosticException Unknown(string name, IEnumerable<string> known) =>
        new(new Diagnostic(TaskCodes.BadSetting, Severity.Error, $"'{name}' is not a task, cluster or mean of the report.") { Hint = NearestName.Hint(name, known) ?? $"There are {string.Join(", ", known)}." });

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
