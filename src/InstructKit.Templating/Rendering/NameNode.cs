using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A variable, wherever its value lies.</summary>
/// <param name="undefined">What the name gives when it has no value.</param>
internal abstract class NameNode(Value undefined) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var value = EvaluateRaw(frame);
        return value.IsMissing ? undefined : value;
    }

    /// <summary>The value, or <see cref="Value.Missing"/>.</summary>
    public abstract Value EvaluateRaw(Frame frame);
}
