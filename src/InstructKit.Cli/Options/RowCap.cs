namespace InstructKit.Cli.Options;

/// <summary>A limit on rows as typed.</summary>
/// <param name="Rows">The limit, or null for none.</param>
internal readonly record struct RowCap(long? Rows);
