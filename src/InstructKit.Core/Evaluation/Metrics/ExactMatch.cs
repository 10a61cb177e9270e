using System.Text.RegularExpressions;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Options of <see cref="ExactMatch"/>.</summary>
internal sealed record ExactMatchOptions
{
    /// <summary>Patterns whose matches are deleted first, from both sides.</summary>
    public IReadOnlyList<string> Deletions { get; init; } = [];

    public bool IgnoreCase { get; init; }

    /// <summary>Deletes ASCII punctuation.</summary>
    public bool IgnorePunctuation { get; init; }

    /// <summary>Deletes the digits 0–9.</summary>
    public bool IgnoreNumbers { get; init; }
}

/// <summary>Equality of text after the deletions of lm-evaluation-harness (<c>exact_match</c>): patterns, case, punctuation, digits, in this order. White space
/// and articles count. The best reference counts. Statistics of a row: match, 1.</summary>
internal sealed class ExactMatch(string name, ExactMatchOptions options) : MeanMetric(name, "exact_match")
{
    /// <summary>Time limit for one deletion by a user's pattern; beyond it a <see cref="RegexMatchTimeoutException"/> is thrown.</summary>
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(2);

    private readonly Regex[] _deletions = [.. options.Deletions.Select(static pattern => new Regex(pattern, RegexOptions.CultureInvariant, PatternTimeout))];

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        statistics[1] = 1;
        Prepare(row.Prediction, workspace.Kept);
        foreach (var reference in row.References)
        {
            Prepare(reference.Span, workspace.Text);
            if (workspace.Kept.Items.SequenceEqual(workspace.Text.Items)) statistics[0] = 1;
        }
    }

    private void Prepare(ReadOnlySpan<byte> text, GrowableBuffer<byte> output)
    {
        output.Clear();
        if (_deletions.Length > 0) text = Delete(text);
        if (options.IgnoreCase) PythonCharacters.Lower(text, output);
        else output.AddRange(text);
        if (!options.IgnorePunctuation && !options.IgnoreNumbers) return;

        var kept = 0;
        foreach (var value in output.Items)
        {
            if (options.IgnorePunctuation && PythonCharacters.IsAsciiPunctuation(value)) continue;
            if (options.IgnoreNumbers && value is >= (byte)'0' and <= (byte)'9') continue;
            output[kept++] = value;
        }

        output.Resize(kept);
    }

    private byte[] Delete(ReadOnlySpan<byte> text)
    {
        var rest = Encoding.UTF8.GetString(text);
        foreach (var deletion in _deletions) rest = deletion.Replace(rest, "");
        return Encoding.UTF8.GetBytes(rest);
    }
}
