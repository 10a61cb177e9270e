using InstructKit.Templating.Syntax;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary><c>if</c> with its branches.</summary>
internal sealed class IfNode((ExpressionNode Test, RenderNode[] Body)[] branches, RenderNode[] otherwise, Place place) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        foreach (var (test, body) in branches)
        {
            frame.Context.Place = place.Packed;
            if (test.IsTrue(frame)) return Run(body, frame, output);
        }

        return Run(otherwise, frame, output);
    }

    private static Flow Run(RenderNode[] body, Frame frame, Utf8Output output)
    {
        foreach (var node in body)
        {
            var flow = node.Execute(frame, output);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }
}
