using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary><c>a if test else b</c>.</summary>
internal sealed class ConditionalNode(ExpressionNode test, ExpressionNode then, ExpressionNode? otherwise) : ExpressionNode
{
    private static readonly UndefinedInfo NoElse = UndefinedInfo.ForMessage("the inline if-expression evaluated to false and no else section was defined.");

    public override bool IsRowIndependent => test.IsRowIndependent && then.IsRowIndependent && otherwise is { IsRowIndependent: true };

    public override Value Evaluate(Frame frame)
    {
        if (test.IsTrue(frame)) return then.Evaluate(frame);
        return otherwise?.Evaluate(frame) ?? Value.UndefinedBecause(NoElse, UndefinedPolicy.Lenient);
    }

    public override void Write(Frame frame, Utf8Output output)
    {
        if (test.IsTrue(frame)) then.Write(frame, output);
        else otherwise?.Write(frame, output);
    }
}
