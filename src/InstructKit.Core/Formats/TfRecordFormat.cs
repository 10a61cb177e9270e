namespace InstructKit.Formats;

/// <summary><c>tfrecord</c>: the features that seqio's tasks read, and provenance, which they ignore.</summary>
internal sealed class TfRecordFormat : ExampleFormat
{
    public override string Name => "tfrecord";

    public override string Description => "inputs and targets as tf.train.Example records, for seqio";

    public override IReadOnlyList<string> Containers => ["tfrecord"];

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [CommonColumns.Input("inputs"), CommonColumns.Target("targets")];
}
