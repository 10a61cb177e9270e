using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>Sets a variable of the running function.</summary>
internal sealed class LocalTarget(int slot) : TargetNode
{
    public override void Assign(Frame frame, Value value) => frame.Locals[slot] = value;
}
