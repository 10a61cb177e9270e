using InstructKit.Tasks;

namespace InstructKit.Building.Plans;

/// <summary>The layout in which a task's data must be.</summary>
/// <param name="Task">The task.</param>
/// <param name="Layout">One of its layouts.</param>
public sealed record ChosenLayout(LocatedName Task, LocatedName Layout);
