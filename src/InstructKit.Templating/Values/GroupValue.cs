using InstructKit.Text;

namespace InstructKit.Templating.Values;

/// <summary>One group of <c>groupby</c>: a pair of the common value and the members.</summary>
internal sealed class GroupValue(Value grouper, ValueList members) : ObjectValue
{
    public override string TypeName => "_GroupTuple";

    public override long? Length => 2;

    public override bool IsIterable => true;

    public override bool IsIndexable => true;

    public override bool TryNext(ref long state, out Value item) => TryGetIndex(state < 2 ? state++ : 2, out item);

    public override bool TryGetIndex(long index, out Value item)
    {
        item = index is 0 or -2 ? grouper : Value.From(members);
        return index is >= -2 and < 2;
    }

    public override bool TryGetAttribute(string name, out Value value)
    {
        value = name == "grouper" ? grouper : Value.From(members);
        return name is "grouper" or "list";
    }

    public override void AppendText(Utf8Output output, int depth) => PythonPrinter.AppendRepr(Value.FromTuple(grouper, Value.From(members)), output, depth);
}
