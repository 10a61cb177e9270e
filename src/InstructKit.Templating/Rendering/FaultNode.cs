using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>An expression that is known to fail, but only when it is reached.</summary>
internal sealed class FaultNode(string code, string message, string? hint, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => false;

    public override Value Evaluate(Frame frame)
    {
        frame.Context.Place = place.Packed;
        throw new TemplateError(code, message, hint);
    }
}
