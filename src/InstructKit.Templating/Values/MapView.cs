using InstructKit.Text;

namespace InstructKit.Templating.Values;

/// <summary>The keys, values or items of a mapping, alive as in Python.</summary>
internal sealed class MapView(ValueMap map, MapView.Part part) : ObjectValue
{
    public enum Part
    {
        Keys,
        Values,
        Items,
    }

    public override string TypeName => part switch { Part.Keys => "dict_keys", Part.Values => "dict_values", _ => "dict_items" };

    public override long? Length => map.Count;

    public override bool IsIterable => true;

    public override bool TryNext(ref long state, out Value item)
    {
        if (state >= map.Count)
        {
            item = default;
            return false;
        }

        var pair = map[(int)state++];
        item = part switch
        {
            Part.Keys => pair.Key,
            Part.Values => pair.Value,
            _ => Value.FromTuple(pair.Key, pair.Value),
        };
        return true;
    }

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText(TypeName);
        output.AppendText("(["u8);
        var state = 0L;
        for (var first = true; TryNext(ref state, out var item); first = false)
        {
            if (!first) output.AppendText(", "u8);
            PythonPrinter.AppendRepr(item, output, depth + 1);
        }

        output.AppendText("])"u8);
    }
}
