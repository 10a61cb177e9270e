using InstructKit.Diagnostics;
using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>What a macro is compiled to.</summary>
internal sealed class MacroCode
{
    public required string Name { get; init; }

    public required string[] Parameters { get; init; }

    /// <summary>Places of the parameters in the frame.</summary>
    public required int[] Slots { get; init; }

    /// <summary>Defaults of the last parameters.</summary>
    public required ExpressionNode[] Defaults { get; init; }

    public int? CallerSlot { get; init; }

    public int? RestSlot { get; init; }

    public int? KeywordsSlot { get; init; }

    public required FunctionLayout Function { get; init; }

    public required BlockNode Body { get; init; }

    public void Run(RenderContext context, Frame closure, scoped Arguments arguments, Utf8Output output)
    {
        context.EnterCall();
        var frame = new Frame(context, Function.LocalCount, closure);
        Array.Fill(frame.Locals, Value.Missing);
        Bind(frame, arguments);
        var firstDefault = Parameters.Length - Defaults.Length;
        Body.Prepare(frame);
        for (var i = 0; i < Parameters.Length; i++)
        {
            ref var local = ref frame.Locals[Slots[i]];
            if (local.IsMissing && i >= firstDefault) local = Defaults[i - firstDefault].Evaluate(frame);
        }

        Body.ExecuteBody(frame, output);
        context.LeaveCall();
    }

    private void Bind(Frame frame, scoped Arguments arguments)
    {
        var positional = arguments.Positional;
        for (var i = 0; i < Math.Min(positional.Length, Slots.Length); i++) frame.Locals[Slots[i]] = positional[i];
        if (RestSlot is { } rest) frame.Locals[rest] = Value.FromTuple(new ValueList(positional.Length > Slots.Length ? positional[Slots.Length..] : []));
        else if (positional.Length > Slots.Length) throw TemplateError.Type($"macro '{Name}' takes not more than {Slots.Length} argument(s)");
        if (CallerSlot is { } caller) frame.Locals[caller] = MissingCaller(frame);
        ValueMap? others = null;
        for (var i = 0; i < arguments.Names.Length; i++)
        {
            var name = arguments.Names[i];
            var at = Array.IndexOf(Parameters, name);
            if (at >= 0) BindKeyword(frame, at, positional.Length, arguments.Keywords[i]);
            else if (name == "caller" && CallerSlot is { } slot) frame.Locals[slot] = arguments.Keywords[i];
            else (others ??= new ValueMap()).Set(Value.From(name), arguments.Keywords[i]);
        }

        if (KeywordsSlot is { } keywords) frame.Locals[keywords] = Value.From(others ?? new ValueMap());
        else if (others is not null) throw UnexpectedKeyword(others);
    }

    private void BindKeyword(Frame frame, int at, int positional, Value value)
    {
        if (at < positional) throw TemplateError.Type($"macro '{Name}' got multiple values for argument '{Parameters[at]}'");
        frame.Locals[Slots[at]] = value;
    }

    private TemplateError UnexpectedKeyword(ValueMap others)
    {
        var name = others[0].Key.ToString();
        return new TemplateError(
            TemplateCodes.WrongType,
            name == "caller" ? $"macro '{Name}' was invoked with two values for the special caller argument or does not use it" : $"macro '{Name}' takes no keyword argument '{name}'",
            NearestName.Hint(name, Parameters));
    }

    private static Value MissingCaller(Frame frame) =>
        Value.UndefinedBecause(UndefinedInfo.ForMessage("No caller defined"), frame.Context.Settings.Undefined);
}
