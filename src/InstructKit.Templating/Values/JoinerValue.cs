using InstructKit.Templating.Rendering;

namespace InstructKit.Templating.Values;

/// <summary>What <c>joiner()</c> makes: nothing at the first call, the separator ever after.</summary>
internal sealed class JoinerValue(Value separator) : ObjectValue
{
    private bool _used;

    public override string TypeName => "Joiner";

    public override bool IsTrue => true;

    public override bool IsCallable => true;

    public override Value Call(RenderContext context, scoped Arguments arguments)
    {
        if (arguments.Count > 0) throw TemplateError.Type("a joiner takes no arguments");
        if (_used) return separator;
        _used = true;
        return Value.EmptyText;
    }
}
