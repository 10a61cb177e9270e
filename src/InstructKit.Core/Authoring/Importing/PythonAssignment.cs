using InstructKit.Diagnostics;

namespace InstructKit.Authoring.Importing;

/// <summary>An assignment of a literal to a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The literal.</param>
/// <param name="Span">Place of the name.</param>
internal sealed record PythonAssignment(string Name, PythonValue Value, SourceSpan Span);
