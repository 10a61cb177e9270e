using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>What a filter block gives: a text, as Jinja2 joins it to the output without turning it into one.</summary>
internal sealed class TextOnlyNode(ExpressionNode value) : ExpressionNode
{
    public override bool IsRowIndependent => false;

    public override Value Evaluate(Frame frame)
    {
        var result = value.Evaluate(frame);
        return result.IsText ? result : throw TemplateError.Type($"a filter block gives text; this filter made {Types.Name(result)} of it");
    }
}
