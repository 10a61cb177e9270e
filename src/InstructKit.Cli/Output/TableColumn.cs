namespace InstructKit.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="IsNumber">True to align it to the right.</param>
internal sealed record TableColumn(string Title, bool IsNumber = false);
