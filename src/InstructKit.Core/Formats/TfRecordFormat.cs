namespace InstructKit.Formats;

/// <summary><c>tfrecord</c>: the features that seqio's tasks read, and provenance, which they leave.</summary>
internal sealed class TfRecordFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "tfrecord";

    /// <inheritdoc/>
    public override string Description => "inputs and targets as tf.train.Example records, for seqio";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Containers => ["tfrecord"];

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [CommonColumns.Input("inputs"), CommonColumns.Target("targets")];
}
