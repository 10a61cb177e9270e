using InstructKit.Sources;

namespace InstructKit.Rendering;

/// <summary>What came out of a run.</summary>
/// <param name="Rows">Rows read, which is lines written.</param>
/// <param name="Failed">Rows that gave an error object.</param>
/// <param name="Repaired">Rows in which something was let pass.</param>
public readonly record struct RenderCounts(long Rows, long Failed, RepairCounts Repaired);
