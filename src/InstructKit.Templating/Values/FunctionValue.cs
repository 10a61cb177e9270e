using InstructKit.Templating.Builtins;
using InstructKit.Templating.Rendering;

namespace InstructKit.Templating.Values;

/// <summary>A global function.</summary>
internal sealed class FunctionValue(Builtin function) : ObjectValue
{
    public Builtin Function => function;

    public override string TypeName => "function";

    public override bool IsTrue => true;

    public override bool IsCallable => true;

    public override Value Call(RenderContext context, scoped Arguments arguments) => function.Invoke(context, default, arguments);
}
