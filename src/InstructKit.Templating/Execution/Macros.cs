namespace InstructKit.Templating.Execution;

/// <summary>A compiled macro.</summary>
/// <param name="Slots">Slots of the parameters in the frame.</param>
/// <param name="Defaults">Defaults of the last parameters.</param>
/// <param name="CallerSlot">Slot of <c>caller</c>, if the body uses it; likewise for the next two.</param>
/// <param name="RestSlot">Slot of <c>varargs</c>.</param>
/// <param name="KeywordsSlot">Slot of <c>kwargs</c>.</param>
internal sealed record MacroCode(
    string Name, string[] Parameters, int[] Slots, ExpressionNode[] Defaults, int? CallerSlot, int? RestSlot, int? KeywordsSlot, FunctionLayout Function, BlockNode Body)
{
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
        if (CallerSlot is { } caller) frame.Locals[caller] = Coercion.Absent(frame.Context, "No caller defined");
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
}

/// <summary>Defines a macro.</summary>
internal sealed class MacroNode(TargetNode target, MacroCode code) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        target.Assign(frame, Value.From(new MacroValue(code, frame)));
        return Flow.Next;
    }
}

/// <summary>A macro, or the body of a call block, with its defining frame.</summary>
internal sealed class MacroValue(MacroCode code, Frame closure) : ObjectValue
{
    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override Value GetAttribute(string name) => name switch
    {
        "name" => code.Name is "caller" ? Value.None : Value.From(code.Name),
        "arguments" => Value.FromTuple(new ValueList(code.Parameters.Select(Value.From))),
        "catch_kwargs" => Value.From(code.KeywordsSlot is not null),
        "catch_varargs" => Value.From(code.RestSlot is not null),
        "caller" => Value.From(code.CallerSlot is not null),
        _ => Value.Missing,
    };

    public override void AppendText(Utf8Output output, int depth) => output.AppendText(code.Name is "caller" ? "<Macro anonymous>" : $"<Macro '{code.Name}'>");

    public override Value Call(RenderContext context, scoped Arguments arguments)
    {
        var output = context.BeginCapture();
        Write(context, arguments, output);
        return context.EndMarkup(output);
    }

    /// <summary>Calls it and appends its output.</summary>
    public void Write(RenderContext context, scoped Arguments arguments, Utf8Output output) => code.Run(context, closure, arguments, output);
}

/// <summary>Turns the body of a call block into a macro, passed to the call as <c>caller</c>.</summary>
internal sealed class CallBlockNode(ExpressionNode call, int callerSlot, MacroCode body, SourceRange range) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        frame.Locals[callerSlot] = Value.From(new MacroValue(body, frame));
        frame.Context.Location = range.Packed;
        call.Write(frame, output); // as in Jinja2: never escaped
        output.CheckCeiling();
        return Flow.Next;
    }
}

/// <summary>A block of the template, compiled to be rendered from anywhere through <c>self</c>: it sees only top-level variables.</summary>
internal sealed record BlockCode(string Name, FunctionLayout Function, BlockNode Body);

/// <summary>Jinja's <c>self</c>: the template's blocks.</summary>
internal sealed class SelfValue(IReadOnlyDictionary<string, BlockCode> blocks, Frame frame) : ObjectValue
{
    public override string TypeName => "TemplateReference";

    public override Value GetAttribute(string name) => blocks.TryGetValue(name, out var block) ? Value.From(new BlockReference(block, frame)) : Value.Missing;

    public override void AppendText(Utf8Output output, int depth) => output.AppendText("<TemplateReference None>"u8);
}

/// <summary>One block of <c>self</c>.</summary>
internal sealed class BlockReference(BlockCode block, Frame template) : ObjectValue
{
    public override string TypeName => "BlockReference";

    public override bool IsCallable => true;

    public override Value GetAttribute(string name) => name == "name" ? Value.From(block.Name) : Value.Missing;

    public override Value Call(RenderContext context, scoped Arguments arguments)
    {
        if (arguments.Count > 0) throw TemplateError.Type("a block takes no arguments");
        context.EnterCall();
        var output = context.BeginCapture();
        block.Body.Execute(new Frame(context, block.Function.LocalCount, template), output);
        context.LeaveCall();
        return context.EndMarkup(output);
    }
}
