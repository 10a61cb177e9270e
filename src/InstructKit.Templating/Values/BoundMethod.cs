using InstructKit.Templating.Builtins;
using InstructKit.Templating.Rendering;

namespace InstructKit.Templating.Values;

/// <summary>A method together with its object, not called yet.</summary>
internal sealed class BoundMethod(Value self, Builtin method) : ObjectValue
{
    public override string TypeName => "builtin_function_or_method";

    public override bool IsTrue => true;

    public override bool IsCallable => true;

    public override Value Call(RenderContext context, scoped Arguments arguments) => method.Invoke(context, self, arguments);
}
