using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>Statements with variables of their own.</summary>
internal sealed class BlockNode(ScopeEntry[] entries, RenderNode[] body) : RenderNode
{
    public bool HasEntries => entries.Length > 0;

    public RenderNode[] Body => body;

    public override Flow Execute(Frame frame, Utf8Output output)
    {
        Prepare(frame);
        return ExecuteBody(frame, output);
    }

    /// <summary>Gives the variables their first values.</summary>
    public void Prepare(Frame frame)
    {
        foreach (var entry in entries) frame.Locals[entry.Slot] = entry.First is null ? Value.Missing : entry.First.EvaluateRaw(frame);
    }

    public Flow ExecuteBody(Frame frame, Utf8Output output)
    {
        foreach (var node in body)
        {
            var flow = node.Execute(frame, output);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }
}
