using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A value known when the template was compiled.</summary>
internal sealed class ConstantNode(Value value) : ExpressionNode
{
    public Value Value => value;

    public override bool IsRowIndependent => true;

    public override Value Evaluate(Frame frame) => value;
}
