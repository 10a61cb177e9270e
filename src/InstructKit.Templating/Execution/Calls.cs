using InstructKit.Templating.Builtins;

namespace InstructKit.Templating.Execution;

/// <summary>A call of a function, a macro or a method.</summary>
/// <param name="target">The callee.</param>
/// <param name="arguments">Positional, then keyword arguments.</param>
/// <param name="names">Names of the keyword arguments.</param>
/// <param name="spread">What follows <c>*</c>.</param>
/// <param name="keywordSpread">What follows <c>**</c>.</param>
/// <param name="range">Source range of the call.</param>
internal sealed class CallNode(
    ExpressionNode target, ExpressionNode[] arguments, string[] names, ExpressionNode? spread, ExpressionNode? keywordSpread, SourceRange range) : ExpressionNode
{
    private readonly MethodTable.Methods? _methods = target is MemberNode member ? MethodTable.ForName(member.Name) : null;

    public override Value Evaluate(Frame frame) => Evaluate(frame, null);

    public override void Write(Frame frame, Utf8Output output)
    {
        var value = Evaluate(frame, output);
        if (!value.IsMissing) PythonPrinter.AppendStr(value, output);
    }

    /// <summary>Calls it; a macro prints straight into <paramref name="output"/> when one is given, and the result is then missing.</summary>
    private Value Evaluate(Frame frame, Utf8Output? output)
    {
        if (_methods is not null) return EvaluateMethod(frame, (MemberNode)target, output); // _methods is only set for members
        var callee = target.Evaluate(frame);
        return Call(frame, callee, null, output);
    }

    private Value EvaluateMethod(Frame frame, MemberNode member, Utf8Output? output)
    {
        var self = member.Target.Evaluate(frame);
        var method = _methods!.For(self.Kind); // checked by the caller
        if (method is not null && !Access.Forbids(frame.Context.Settings, self, method)) return Call(frame, self, method, output);
        frame.Context.Location = range.Packed;
        return Call(frame, Access.Member(frame.Context, self, member.Name, Value.From(member.Name)), null, output);
    }

    private Value Call(Frame frame, Value self, Builtin? method, Utf8Output? output)
    {
        if (spread is not null || keywordSpread is not null) return CallSpread(frame, self, method, output);
        if (arguments.Length == 0) return Invoke(frame.Context, self, method, default, output);
        return CallWithArguments(frame, self, method, output);
    }

    private Value CallWithArguments(Frame frame, Value self, Builtin? method, Utf8Output? output)
    {
        ArgumentBuffer buffer = default;
        var values = arguments.Length <= ArgumentBuffer.Size ? ((Span<Value>)buffer)[..arguments.Length] : new Value[arguments.Length];
        for (var i = 0; i < arguments.Length; i++) values[i] = arguments[i].Evaluate(frame);
        return Invoke(frame.Context, self, method, new Arguments(values, names), output);
    }

    private Value CallSpread(Frame frame, Value self, Builtin? method, Utf8Output? output)
    {
        var values = new ValueList();
        var keywords = new List<string>();
        var positional = arguments.Length - names.Length;
        for (var i = 0; i < positional; i++) values.Add(arguments[i].Evaluate(frame));
        if (spread is not null) values.AddRange(ValueCursor.ToList(frame.Context, spread.Evaluate(frame)).Span);
        for (var i = positional; i < arguments.Length; i++)
        {
            values.Add(arguments[i].Evaluate(frame));
            keywords.Add(names[i - positional]);
        }

        if (keywordSpread?.Evaluate(frame) is { } mapping)
        {
            frame.Context.Location = range.Packed;
            if (mapping.Kind != ValueKind.Mapping) throw TemplateError.Type($"argument after ** must be a mapping, not {PythonTypes.Name(mapping)}");
            foreach (var (key, value) in mapping.AsMap)
            {
                if (!key.IsText) throw TemplateError.Type("keywords must be strings");
                values.Add(value);
                keywords.Add(key.ToString());
            }
        }

        return Invoke(frame.Context, self, method, new Arguments(values.Span, keywords.ToArray()), output);
    }

    private Value Invoke(RenderContext context, Value self, Builtin? method, scoped Arguments values, Utf8Output? output)
    {
        context.Location = range.Packed;
        context.Step();
        if (method is not null) return method.Invoke(context, self, values);
        if (self.Kind != ValueKind.Other) throw self.WrongType($"'{PythonTypes.Name(self)}' object is not callable");

        if (output is not null && !context.Autoescape && self.Reference is MacroValue macro)
        {
            macro.Write(context, values, output);
            return Value.Missing;
        }

        return self.AsObject.Call(context, values);
    }
}

/// <summary>A filter or a test with arguments bound when the template was compiled.</summary>
/// <param name="builtin">The filter or test.</param>
/// <param name="target">The value it is applied to.</param>
/// <param name="arguments">One per parameter, or per argument if its arguments are unbound; null where omitted.</param>
/// <param name="names">Names of the last arguments, if its arguments are unbound.</param>
internal sealed class FilterNode(Builtin builtin, ExpressionNode target, ExpressionNode?[] arguments, string[] names, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var input = target.Evaluate(frame);
        return arguments.Length == 0 ? Invoke(frame.Context, input, default) : EvaluateWithArguments(frame, input);
    }

    private Value EvaluateWithArguments(Frame frame, Value input)
    {
        ArgumentBuffer buffer = default;
        var values = arguments.Length <= ArgumentBuffer.Size ? ((Span<Value>)buffer)[..arguments.Length] : new Value[arguments.Length];
        for (var i = 0; i < arguments.Length; i++) values[i] = arguments[i]?.Evaluate(frame) ?? Value.Missing;
        return Invoke(frame.Context, input, new Arguments(values, names));
    }

    private Value Invoke(RenderContext context, Value input, scoped Arguments values)
    {
        context.Location = range.Packed;
        context.Step();
        return builtin.InvokeBound(context, input, values);
    }
}

/// <summary>Renders a body into a text: the start of a set block or a filter block.</summary>
internal sealed class CaptureNode(BlockNode body) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var output = frame.Context.BeginCapture();
        body.Execute(frame, output);
        return frame.Context.EndMarkup(output);
    }
}

/// <summary>The result of a filter block: a text, since Jinja2 joins it to the output without converting it.</summary>
internal sealed class TextOnlyNode(ExpressionNode value) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var result = value.Evaluate(frame);
        return result.IsText ? result : throw TemplateError.Type($"a filter block gives text; this filter made {PythonTypes.Name(result)} of it");
    }
}
