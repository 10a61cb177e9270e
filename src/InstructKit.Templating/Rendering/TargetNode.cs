using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>What an assignment sets.</summary>
internal abstract class TargetNode
{
    public abstract void Assign(Frame frame, Value value);
}
