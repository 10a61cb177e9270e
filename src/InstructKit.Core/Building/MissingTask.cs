namespace InstructKit.Building;

/// <summary>A task that should take part and has no files here.</summary>
/// <param name="Task">Its key.</param>
/// <param name="Use">What it would do.</param>
/// <param name="Reason">What was looked for and where.</param>
public sealed record MissingTask(string Task, TaskUse Use, string Reason);
