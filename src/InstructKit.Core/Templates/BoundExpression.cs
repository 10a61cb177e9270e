using InstructKit.Templating;

namespace InstructKit.Templates;

/// <summary>A compiled expression with its name and the slot that takes its value (-1 for a condition).</summary>
/// <param name="Name">Name of the field, or drop reason of a condition.</param>
/// <param name="Slot">Slot of the value.</param>
/// <param name="Expression">The expression.</param>
internal sealed record BoundExpression(string Name, int Slot, TemplateExpression Expression);
