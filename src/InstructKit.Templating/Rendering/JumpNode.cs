using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class JumpNode(Flow flow) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output) => flow;
}
