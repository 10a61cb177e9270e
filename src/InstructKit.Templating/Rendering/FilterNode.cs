using InstructKit.Templating.Builtins;
using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A filter or a test with arguments bound when the template was compiled.</summary>
/// <param name="builtin">The filter or test.</param>
/// <param name="target">What it is applied to.</param>
/// <param name="arguments">One per parameter, or per argument when it takes them as they come; null where left out.</param>
/// <param name="names">Names of the last arguments, when it takes them as they come.</param>
/// <param name="place">Where its name stands.</param>
internal sealed class FilterNode(Builtin builtin, ExpressionNode target, ExpressionNode?[] arguments, string[] names, Place place) : ExpressionNode
{
    public override bool IsRowIndependent =>
        builtin.IsPure && target.IsRowIndependent && arguments.All(argument => argument is null or { IsRowIndependent: true });

    public override Value Evaluate(Frame frame)
    {
        var input = target.Evaluate(frame);
        return arguments.Length == 0 ? Invoke(frame.Context, input, default) : EvaluateWithArguments(frame, input);
    }

    private Value EvaluateWithArguments(Frame frame, Value input)
    {
        if (arguments.Length > ArgumentBuffer.Size) return Fill(frame, input, new Value[arguments.Length]);
        ArgumentBuffer buffer = default;
        return Fill(frame, input, ((Span<Value>)buffer)[..arguments.Length]);
    }

    private Value Fill(Frame frame, Value input, scoped Span<Value> values)
    {
        for (var i = 0; i < arguments.Length; i++) values[i] = arguments[i]?.Evaluate(frame) ?? Value.Missing;
        return Invoke(frame.Context, input, new Arguments(values, names));
    }

    private Value Invoke(RenderContext context, Value input, scoped Arguments values)
    {
        context.Place = place.Packed;
        context.Step();
        return builtin.InvokeBound(context, input, values);
    }
}
