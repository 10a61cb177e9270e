using InstructKit.Templating.Builtins;
using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary><c>target.name</c>.</summary>
internal sealed class MemberNode(ExpressionNode target, string name, Place place) : ExpressionNode
{
    private readonly Value _key = Value.From(name);
    private readonly LoopField _loopField = Enum.TryParse<LoopField>(name, ignoreCase: true, out var parsed) ? parsed : LoopField.None;
    private readonly bool _canBeMethod = MethodTable.IsMethodName(name);

    public ExpressionNode Target => target;

    public string Name => name;

    public override bool IsRowIndependent => false;

    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        if (value.Kind == ValueKind.Other && value.Reference is LoopState loop && loop.TryGetField(_loopField, out var field)) return field;
        if (value.Kind == ValueKind.Mapping && !_canBeMethod && value.AsMap.TryGet(_key, out var found)) return found;
        frame.Context.Place = place.Packed;
        return Access.Member(frame.Context, value, name, _key);
    }
}
