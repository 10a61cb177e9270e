using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>Prints an expression.</summary>
internal sealed class OutputNode(ExpressionNode value, Place place) : RenderNode
{
    public ExpressionNode Value => value;

    public override Flow Execute(Frame frame, Utf8Output output)
    {
        frame.Context.Place = place.Packed;
        if (frame.Context.Settings.Autoescape) HtmlText.Append(value.Evaluate(frame), output);
        else value.Write(frame, output);
        output.CheckCeiling();
        return Flow.Next;
    }
}
