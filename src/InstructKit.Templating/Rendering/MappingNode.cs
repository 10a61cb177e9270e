using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A mapping literal: a new one each time.</summary>
internal sealed class MappingNode((ExpressionNode Key, ExpressionNode Value)[] pairs, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => pairs.All(pair => pair.Key.IsRowIndependent && pair.Value.IsRowIndependent);

    public override Value Evaluate(Frame frame)
    {
        frame.Context.Build(pairs.Length * 48L);
        var map = new ValueMap();
        foreach (var (key, value) in pairs)
        {
            var name = key.Evaluate(frame);
            var item = value.Evaluate(frame);
            frame.Context.Place = place.Packed;
            map.Set(name, item);
        }

        return Value.From(map);
    }
}
