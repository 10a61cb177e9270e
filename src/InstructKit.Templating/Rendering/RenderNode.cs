namespace InstructKit.Templating;

/// <summary>A compiled statement.</summary>
internal abstract class RenderNode
{
    public abstract Flow Execute(Frame frame, Utf8Output output);
}
