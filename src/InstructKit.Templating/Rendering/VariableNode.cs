using InstructKit.Templating.Dialects;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A name looked up in the variables of the render, then among the globals.</summary>
internal sealed class VariableNode(Value key, Value otherwise, Value undefined) : NameNode(undefined)
{
    public override Value EvaluateRaw(Frame frame)
    {
        var variables = frame.Context.Variables;
        if (variables.Kind != ValueKind.Mapping || !variables.AsMap.TryGet(key, out var value)) return otherwise;
        return frame.Context.Guard is null ? value : SeparatorGuard.Protect(frame.Context, value);
    }
}
