using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary><c>~</c>: the texts of its parts, one after the other.</summary>
internal sealed class ConcatNode(ExpressionNode[] parts, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => parts.All(part => part.IsRowIndependent);

    public override Value Evaluate(Frame frame)
    {
        var context = frame.Context;
        var output = context.BeginCapture();
        foreach (var part in parts)
        {
            if (context.Settings.Autoescape) HtmlText.Append(part.Evaluate(frame), output);
            else part.Write(frame, output);
            output.CheckCeiling();
        }

        context.Place = place.Packed;
        var text = context.EndCapture(output);
        return context.Settings.Autoescape ? text.AsSafe() : text;
    }

    public override void Write(Frame frame, Utf8Output output)
    {
        foreach (var part in parts) part.Write(frame, output);
    }
}
