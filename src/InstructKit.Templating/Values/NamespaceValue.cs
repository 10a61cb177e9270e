using InstructKit.Text;

namespace InstructKit.Templating.Values;

/// <summary>What <c>namespace()</c> makes: the only thing whose attributes a template can set.</summary>
internal sealed class NamespaceValue(ValueMap attributes) : ObjectValue
{
    public override string TypeName => "Namespace";

    public override bool IsTrue => true;

    public void Set(Value name, Value value) => attributes.Set(name, value);

    public override bool TryGetAttribute(string name, out Value value) => attributes.TryGet(Value.From(name), out value);

    public bool TryGet(Value key, out Value value) => attributes.TryGet(key, out value);

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText("<Namespace "u8);
        PythonPrinter.AppendRepr(Value.From(attributes), output, depth + 1);
        output.AppendText(">"u8);
    }
}
