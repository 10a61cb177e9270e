using InstructKit.Tasks;
using InstructKit.Templating;

namespace InstructKit.Templates;

/// <summary>How a canonical column gets its value: from the source cell of the same slot, or from an expression.</summary>
/// <param name="Column">The column.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Expression">The expression, or null for a source column of the same name.</param>
internal sealed record ColumnBinding(ColumnDefinition Column, int Slot, TemplateExpression? Expression)
{
    /// <summary>True for a column of any type that the answer takes an option by: a null in it means that the row has no label.</summary>
    public bool IsLabel { get; init; }
}
