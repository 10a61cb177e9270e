using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>Makes the body of a call block a macro; the call gets it as <c>caller</c>.</summary>
internal sealed class CallBlockNode(ExpressionNode call, int callerSlot, MacroCode body, Place place) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        frame.Locals[callerSlot] = Value.From(new MacroValue(body, frame));
        frame.Context.Place = place.Packed;
        if (frame.Context.Settings.Autoescape) HtmlText.Append(call.Evaluate(frame), output);
        else call.Write(frame, output);
        output.CheckCeiling();
        return Flow.Next;
    }
}
