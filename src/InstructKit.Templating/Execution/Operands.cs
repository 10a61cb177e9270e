using InstructKit.Templating.Builtins;

namespace InstructKit.Templating.Execution;

/// <summary>A compiled expression.</summary>
internal abstract class ExpressionNode
{
    public abstract Value Evaluate(Frame frame);

    /// <summary>Appends the value's text, without creating the value where possible.</summary>
    public virtual void Write(Frame frame, Utf8Output output) => PythonPrinter.AppendStr(Evaluate(frame), output);

    /// <summary>Truth of the value in Python's sense.</summary>
    public virtual bool IsTrue(Frame frame) => Evaluate(frame).IsTrue;
}

/// <summary>A value known when the template was compiled.</summary>
internal sealed class ConstantNode(Value value) : ExpressionNode
{
    public Value Value => value;

    public override Value Evaluate(Frame frame) => value;
}

/// <summary>A list or tuple literal: a new one each time.</summary>
internal sealed class SequenceNode(bool isTuple, ExpressionNode[] items) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        frame.Context.Build(items.Length * 24L);
        var list = new ValueList(items.Length);
        foreach (var item in items) list.Add(item.Evaluate(frame));
        return isTuple ? Value.FromTuple(list) : Value.From(list);
    }
}

/// <summary>A mapping literal: a new one each time.</summary>
internal sealed class MappingNode((ExpressionNode Key, ExpressionNode Value)[] pairs, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        frame.Context.Build(pairs.Length * 48L);
        var map = new ValueMap();
        foreach (var (key, value) in pairs)
        {
            var name = key.Evaluate(frame);
            var item = value.Evaluate(frame);
            frame.Context.Location = range.Packed;
            Comparison.ChargeKey(frame.Context, name);
            map.Set(name, item);
        }

        return Value.From(map);
    }

    /// <summary>The mapping, if it consists of constants that nothing can modify.</summary>
    public ValueMap? Constants()
    {
        var map = new ValueMap();
        foreach (var (key, value) in pairs)
        {
            if (key is not ConstantNode { Value.IsFrozen: true } name || value is not ConstantNode { Value.IsFrozen: true } item) return null;

            map.Set(name.Value, item.Value);
        }

        map.Prepare();
        return map;
    }
}

/// <summary>An expression that is known to fail, but only when it is reached.</summary>
internal sealed class ErrorNode(string code, string message, string? hint, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        frame.Context.Location = range.Packed;
        throw new TemplateError(code, message, hint);
    }
}

/// <summary><c>target.name</c>.</summary>
internal sealed class MemberNode(ExpressionNode target, string name, SourceRange range) : ExpressionNode
{
    private readonly Value _key = Value.From(name);
    private readonly bool _canBeMethod = MethodTable.IsMethodName(name);

    public ExpressionNode Target => target;

    public string Name => name;

    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        if (value.Kind == ValueKind.Other && value.AsObject.GetAttribute(name) is { IsMissing: false } attribute) return attribute;
        if (value.Kind == ValueKind.Mapping && !_canBeMethod && value.AsMap.TryGet(_key, out var found)) return found;
        frame.Context.Location = range.Packed;
        return Access.Member(frame.Context, value, name, _key);
    }
}

/// <summary><c>target[index]</c>.</summary>
/// <param name="target">The container.</param>
/// <param name="index">Its index or key.</param>
/// <param name="range">Source range of the operation.</param>
/// <param name="isLabel">Whether a negative index, which means that a row has no label, fails instead of counting from the end as in Python.</param>
internal sealed class ItemNode(ExpressionNode target, ExpressionNode index, SourceRange range, bool isLabel = false) : ExpressionNode
{
    // A mapping of constants, not recreated for every row. Missing keys are looked up in a copy of the row's own, which a method can modify.
    private readonly ValueMap? _constants = (target as MappingNode)?.Constants();

    public override Value Evaluate(Frame frame)
    {
        if (_constants is not null && TryConstant(frame, out var constant)) return constant;

        var value = target.Evaluate(frame);
        var key = index.Evaluate(frame);
        frame.Context.Location = range.Packed;
        if (isLabel && value.IsSequence && key.Kind == ValueKind.Integer && (key.TryGetInteger(out var small) ? small < 0 : key.ToBigInteger().Sign < 0)) throw new TemplateError(TemplateCodes.NegativeLabel, $"the row has no label ({key})");

        return Access.Item(frame.Context, value, key);
    }

    private bool TryConstant(Frame frame, out Value value)
    {
        value = default;
        if (index is not NameNode) return false; // it is evaluated again if the key is missing

        var key = index.Evaluate(frame);
        return key.Kind is ValueKind.None or ValueKind.Boolean or ValueKind.Integer or ValueKind.Float or ValueKind.Text && _constants!.TryGet(key, out value);
    }
}

/// <summary><c>target[start:stop:step]</c>.</summary>
internal sealed class SliceNode(ExpressionNode target, ExpressionNode? start, ExpressionNode? stop, ExpressionNode? step, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        var from = start?.Evaluate(frame) ?? Value.None;
        var to = stop?.Evaluate(frame) ?? Value.None;
        var by = step?.Evaluate(frame) ?? Value.None;
        frame.Context.Location = range.Packed;
        return Access.Slice(frame.Context, value, from, to, by);
    }
}
