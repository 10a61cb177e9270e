using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Evaluation;

/// <summary>Metrics agree with vectors: the project's own (<c>Golden/evaluation/metrics.jsonl</c>; expected values from hand computation, from scikit-learn,
/// scipy and NLTK, and from the plain-Python port in <c>tests/InstructKit.Benchmarks/metrics.py</c>) and all of the folder that INSTRUCTKIT_VECTORS
/// names.</summary>
public sealed class MetricVectorTests
{
    private static readonly string Own = Path.Combine(AppContext.BaseDirectory, "Golden", "evaluation", "metrics.jsonl");

    [Fact]
    public void The_projects_own_vectors_agree()
    {
        var (checkedRows, failures) = CheckFile(Own);
        Assert.Empty(failures);
        Assert.True(checkedRows >= 50, $"only {checkedRows} vectors in {Own}");
    }

    [Fact]
    public void Vectors_of_the_folder_in_INSTRUCTKIT_VECTORS_agree()
    {
        var folder = Environment.GetEnvironmentVariable("INSTRUCTKIT_VECTORS");
        if (string.IsNullOrEmpty(folder)) return;
        List<string> failures = [];
        foreach (var file in Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal)) failures.AddRange(CheckFile(file).Failures);
        Assert.Empty(failures);
    }

    [Fact]
    public void A_wrong_expectation_is_reported()
    {
        using var row = JsonDocument.Parse("""{"id":"x","metric":"accuracy","prediction":["a"],"references":["b"],"options":{},"expected":{"accuracy":100.0}}""");
        Assert.True(MetricVectors.IsVector(row.RootElement));
        Assert.Equal("accuracy: expected 100.0, got 0", Assert.Single(MetricVectors.Check(row.RootElement)));
    }

    private static (int Checked, List<string> Failures) CheckFile(string path)
    {
        var checkedRows = 0;
        List<string> failures = [];
        foreach (var line in File.ReadLines(path))
        {
            if (!line.Contains("\"metric\"", StringComparison.Ordinal)) continue;
            using var document = JsonDocument.Parse(line);
            if (!MetricVectors.IsVector(document.RootElement)) continue;
            checkedRows++;
            var differences = MetricVectors.Check(document.RootElement);
            if (differences.Count > 0) failures.Add($"{Path.GetFileName(path)} {document.RootElement.GetProperty("id").GetString()}: {string.Join("; ", differences)}");
        }

        return (checkedRows, failures);
    }
}
