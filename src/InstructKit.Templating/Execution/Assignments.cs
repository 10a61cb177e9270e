namespace InstructKit.Templating.Execution;

/// <summary>Target of an assignment.</summary>
internal abstract class TargetNode
{
    public abstract void Assign(Frame frame, Value value);

    /// <summary>The assigned value; tuples consist of their targets' values.</summary>
    public virtual Value Read(Frame frame) => throw new System.Diagnostics.UnreachableException();
}

/// <summary>Sets a variable of the running function.</summary>
internal sealed class LocalTarget(int slot) : TargetNode
{
    public override void Assign(Frame frame, Value value) => frame.Locals[slot] = value;

    public override Value Read(Frame frame) => frame.Locals[slot];
}

/// <summary>Sets several targets from the items of a value, whose number must match.</summary>
internal sealed class TupleTarget(TargetNode[] targets, SourceRange range) : TargetNode
{
    public override void Assign(Frame frame, Value value)
    {
        frame.Context.Location = range.Packed;
        if (!ValueCursor.IsIterable(value)) throw TemplateError.Type($"cannot unpack non-iterable {PythonTypes.Name(value)} object");
        var cursor = ValueCursor.Over(value);
        for (var i = 0; i < targets.Length; i++)
        {
            if (!cursor.TryNext(out var item)) throw TemplateError.Value($"not enough values to unpack (expected {targets.Length}, got {i})");
            targets[i].Assign(frame, item);
        }

        if (cursor.TryNext(out _)) throw TemplateError.Value($"too many values to unpack (expected {targets.Length})");
    }

    public override Value Read(Frame frame) => Value.FromTuple(new ValueList(targets.Select(target => target.Read(frame))));
}

/// <summary>Sets an attribute of a namespace.</summary>
internal sealed class NamespaceTarget(NameNode target, string name, SourceRange range) : TargetNode
{
    private readonly Value _name = Value.From(name);

    public override void Assign(Frame frame, Value value)
    {
        var owner = target.Evaluate(frame);
        frame.Context.Location = range.Packed;
        if (owner.Reference is not NamespaceValue names) throw new TemplateError(TemplateCodes.NotANamespace, "cannot assign attribute on non-namespace object");
        names.Set(_name, value);
    }
}

/// <summary><c>set</c> with an expression.</summary>
internal sealed class SetNode(TargetNode target, ExpressionNode value) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        target.Assign(frame, value.Evaluate(frame));
        return Flow.Next;
    }
}
