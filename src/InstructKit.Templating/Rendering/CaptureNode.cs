using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>Renders a body into a text: the start of a set block or a filter block.</summary>
internal sealed class CaptureNode(BlockNode body) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var context = frame.Context;
        var output = context.BeginCapture();
        body.Execute(frame, output);
        var text = context.EndCapture(output);
        return context.Settings.Autoescape ? text.AsSafe() : text;
    }
}
