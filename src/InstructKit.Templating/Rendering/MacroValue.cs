using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>A macro, or the body of a call block, with the frame that it was defined in.</summary>
internal sealed class MacroValue(MacroCode code, Frame closure) : ObjectValue
{
    public override string TypeName => "Macro";

    public override bool IsTrue => true;

    public override bool IsCallable => true;

    public override bool TryGetAttribute(string name, out Value value)
    {
        value = name switch
        {
            "name" => code.Name is "caller" ? Value.None : Value.From(code.Name),
            "arguments" => Value.FromTuple(new ValueList(code.Parameters.Select(Value.From))),
            "catch_kwargs" => Value.From(code.KeywordsSlot is not null),
            "catch_varargs" => Value.From(code.RestSlot is not null),
            "caller" => Value.From(code.CallerSlot is not null),
            _ => Value.Missing,
        };
        return !value.IsMissing;
    }

    public override void AppendText(Utf8Output output, int depth) => output.AppendText(code.Name is "caller" ? "<Macro anonymous>" : $"<Macro '{code.Name}'>");

    public override Value Call(RenderContext context, scoped Arguments arguments)
    {
        var output = context.BeginCapture();
        Write(context, arguments, output);
        var text = context.EndCapture(output);
        return context.Settings.Autoescape ? text.AsSafe() : text;
    }

    /// <summary>Calls it and appends what it prints.</summary>
    public void Write(RenderContext context, scoped Arguments arguments, Utf8Output output) => code.Run(context, closure, arguments, output);
}
