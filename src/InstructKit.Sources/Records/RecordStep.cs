namespace InstructKit.Sources.Records;

/// <summary>One step of a <see cref="RecordPath"/>.</summary>
/// <param name="Kind">What the step does.</param>
/// <param name="Name">The key to go to, or the name of the level that is walked over.</param>
internal sealed record RecordStep(RecordStepKind Kind, string Name)
{
    /// <summary>The name as bytes.</summary>
    public byte[] Utf8 { get; } = System.Text.Encoding.UTF8.GetBytes(Name);
}
