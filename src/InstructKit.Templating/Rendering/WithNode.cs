using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary><c>with</c>: variables of a block, their values read outside it.</summary>
internal sealed class WithNode(int[] slots, ExpressionNode[] values, BlockNode body) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        var evaluated = Array.ConvertAll(values, value => value.Evaluate(frame));
        body.Prepare(frame);
        for (var i = 0; i < slots.Length; i++) frame.Locals[slots[i]] = evaluated[i];
        return body.ExecuteBody(frame, output);
    }
}
