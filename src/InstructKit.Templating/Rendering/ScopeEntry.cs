namespace InstructKit.Templating.Rendering;

/// <summary>A variable's value at the beginning of its scope.</summary>
/// <param name="Slot">Where it is kept.</param>
/// <param name="First">Where the value comes from; null: nothing yet.</param>
internal readonly record struct ScopeEntry(int Slot, NameNode? First);
