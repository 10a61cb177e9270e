using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>A compiled statement.</summary>
internal abstract class RenderNode
{
    public abstract Flow Execute(Frame frame, Utf8Output output);
}
