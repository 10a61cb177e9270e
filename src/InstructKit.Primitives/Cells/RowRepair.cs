namespace InstructKit.Cells;

/// <summary>A row that is not quite as it stands in its file.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="What">What was let pass in it.</param>
public readonly record struct RowRepair(int Row, RowRepairs What);
