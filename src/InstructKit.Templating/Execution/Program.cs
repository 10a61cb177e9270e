using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Execution;

/// <summary>A compiled template or expression.</summary>
internal sealed class Program
{
    /// <summary>The statements of a template; empty for an expression.</summary>
    public required RenderNode[] Body { get; init; }

    public ExpressionNode? Expression { get; init; }

    /// <summary>Number of local variables at the top level.</summary>
    public required int LocalCount { get; init; }

    public required IReadOnlyList<string> UndeclaredNames { get; init; }

    public required TemplateOptions Options { get; init; }

    public required Library Library { get; init; }

    public bool IsPlain => Expression is null && Body.All(node => node is LiteralNode or OutputNode { Value: SlotNode });

    public bool IsConstant => Expression is ConstantNode;

    public int? SlotIndex => Expression is SlotNode slot ? slot.Slot : null;

    public string? ConstantText => ConstantBytes is { } text ? Encoding.UTF8.GetString(text) : null;

    public byte[]? ConstantBytes => Body switch
    {
        [] when Expression is null => [],
        [LiteralNode only] => only.Plain.ToArray(),
        _ => null,
    };

    public void Run(SourceText source, RenderContext context, Utf8Output output)
    {
        var ceiling = output.Ceiling;
        output.Ceiling = (int)Math.Min(int.MaxValue, (long)output.Length + context.Limits.OutputBytes);
        output.Budget = context;
        try
        {
            var frame = Begin(context);
            foreach (var node in Body) node.Execute(frame, output);
            output.CheckCeiling();
        }
        catch (TemplateError error)
        {
            throw Locate(source, context, error);
        }
        finally
        {
            output.Ceiling = ceiling;
            output.Budget = null;
        }
    }

    public Value Evaluate(SourceText source, RenderContext context)
    {
        try
        {
            return Expression!.Evaluate(Begin(context)); // only called on expressions
        }
        catch (TemplateError error)
        {
            throw Locate(source, context, error);
        }
    }

    private Frame Begin(RenderContext context)
    {
        context.BeginProgram(Options, Library);
        if (LocalCount > 0) return new Frame(context, LocalCount, null);
        return Unsafe.As<Frame>(context.BareFrame ??= new Frame(context, 0, null)); // nothing else is stored there
    }

    private TemplateException Locate(SourceText source, RenderContext context, TemplateError error)
    {
        var span = new SourceSpan(source, (int)(context.Location >> 32), (int)context.Location);
        var hint = error.Hint ?? (error.UndefinedName is null ? null : NearestName.Hint(error.UndefinedName, [.. Options.Slots, .. context.VariableNames]));
        return new TemplateException(new Diagnostic(error.Code, Severity.Error, hint is null ? error.Message : error.Message + ".", span) { Hint = hint }, error);
    }
}

/// <summary>The variables of one running function: the template itself, a macro call, a recursive loop.</summary>
internal sealed class Frame(RenderContext context, int localCount, Frame? parent)
{
    public RenderContext Context { get; } = context;

    /// <summary>The function in which this one was defined.</summary>
    public Frame? Parent { get; } = parent;

    /// <summary>The function so many functions around this one; the compiler counted them.</summary>
    public Frame Outer(int distance) => distance == 0 ? this : Parent!.Outer(distance - 1);

    public Value[] Locals { get; } = localCount == 0 ? [] : new Value[localCount];
}

/// <summary>The local variables of one function: the template, a macro, a recursive loop.</summary>
internal sealed class FunctionLayout(FunctionLayout? parent)
{
    public FunctionLayout? Parent => parent;

    /// <summary>Number of functions around this one.</summary>
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    public int LocalCount { get; private set; }

    public int Add() => LocalCount++;

    /// <summary>Number of functions between this one and an enclosing one.</summary>
    public int DistanceTo(FunctionLayout outer)
    {
        var distance = 0;
        for (var function = this; function != outer; function = function.Parent!) distance++; // scopes only refer outwards
        return distance;
    }
}
