using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A variable of the running function.</summary>
internal sealed class LocalNode(int slot, Value undefined) : NameNode(undefined)
{
    public int Slot => slot;

    public override Value EvaluateRaw(Frame frame) => frame.Locals[slot];
}
