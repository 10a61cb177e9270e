namespace InstructKit.Templating.Values;

/// <summary>Something that can be walked through once, such as the result of <c>map</c> or <c>zip</c>. Its items are made when it is made.</summary>
internal sealed class IteratorValue(string typeName, ValueList items) : ObjectValue
{
    private int _position;

    public override string TypeName => typeName;

    public override bool IsTrue => true;

    public override bool IsIterable => true;

    public override bool TryNext(ref long state, out Value item)
    {
        if (_position >= items.Count)
        {
            item = default;
            return false;
        }

        item = items[_position++];
        return true;
    }
}
