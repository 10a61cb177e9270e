using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>Sets several targets from the items of a value, whose number must fit.</summary>
internal sealed class TupleTarget(TargetNode[] targets, Place place) : TargetNode
{
    public override void Assign(Frame frame, Value value)
    {
        frame.Context.Place = place.Packed;
        if (!ValueCursor.IsIterable(value)) throw TemplateError.Type($"cannot unpack non-iterable {Types.Name(value)} object");
        var cursor = ValueCursor.Over(value);
        for (var i = 0; i < targets.Length; i++)
        {
            if (!cursor.TryNext(out var item)) throw TemplateError.Value($"not enough values to unpack (expected {targets.Length}, got {i})");
            targets[i].Assign(frame, item);
        }

        if (cursor.TryNext(out _)) throw TemplateError.Value($"too many values to unpack (expected {targets.Length})");
    }
}
