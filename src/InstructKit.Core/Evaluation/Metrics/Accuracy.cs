namespace InstructKit.Evaluation.Metrics;

/// <summary>Share of predictions equal to a reference, byte by byte; case and white space count (T5 <c>accuracy</c>). Statistics: match, 1.</summary>
internal sealed class Accuracy(string name) : MeanMetric(name, "accuracy")
{
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        statistics[1] = 1;
        foreach (var reference in row.References)
        {
            if (row.Prediction.SequenceEqual(reference.Span)) statistics[0] = 1;
        }
    }
}

/// <summary>Class indexes of label texts (T5 <c>string_label_to_class_id</c>).</summary>
internal static class ClassLabels
{
    /// <summary>The index of the label that equals the text, or the default.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<ReadOnlyMemory<byte>> labels, int fallback = -1)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (text.SequenceEqual(labels[i].Span)) return i;
        }

        return fallback;
    }
}
