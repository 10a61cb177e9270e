using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>What one slice of a task came to.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Source">It as a slice of the source's split.</param>
/// <param name="Split">The output split.</param>
/// <param name="Counts">What became of its rows.</param>
public sealed record BuiltSlice(SliceKind Slice, SplitSlice Source, string Split, SliceCounts Counts);
