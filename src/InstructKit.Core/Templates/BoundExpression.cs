using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>A compiled expression with its name and the slot of its value (-1 for a condition).</summary>
/// <param name="Name">Name of the field, or drop reason of a condition.</param>
/// <param name="Slot">Slot of the value.</param>
/// <param name="Expression">The expression; null for a field that is a template.</param>
/// <param name="Template">The template whose text is the value; null for an expression.</param>
internal sealed record BoundExpression(string Name, int Slot, TemplateExpression? Expression, Template? Template = null)
{
    /// <summary>Names of the row's values that it reads.</summary>
    public IReadOnlyList<string> UndeclaredNames => Expression?.UndeclaredNames ?? Template!.UndeclaredNames;

    /// <summary>Its value for the loaded row.</summary>
    /// <param name="context">The row.</param>
    /// <param name="scratch">Buffer for rendering a template; its previous content is discarded.</param>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">It failed on this row.</exception>
    public Value Evaluate(RenderContext context, Utf8Output scratch)
    {
        if (Expression is not null) return Expression.Evaluate(context);

        scratch.Length = 0;
        Template!.Render(context, scratch);
        return Value.FromUtf8(scratch.Written);
    }
}

/// <summary>How a canonical column gets its value: from the source cell of the same slot, or from an expression.</summary>
/// <param name="Expression">The expression, or null for a source column of the same name.</param>
internal sealed record ColumnBinding(ColumnDefinition Column, int Slot, TemplateExpression? Expression)
{
    /// <summary>True for a column of any type by which the answer selects an option: a null in it means that the row has no label.</summary>
    public bool IsLabel { get; init; }
}
