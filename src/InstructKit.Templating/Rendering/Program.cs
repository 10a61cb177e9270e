using System.Text;
using InstructKit.Diagnostics;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>What a template or an expression is compiled to.</summary>
internal sealed class Program
{
    /// <summary>The statements of a template; empty for an expression.</summary>
    public required RenderNode[] Body { get; init; }

    /// <summary>The expression, when it is one.</summary>
    public ExpressionNode? Expression { get; init; }

    /// <summary>Number of local variables at the top level.</summary>
    public required int LocalCount { get; init; }

    public required IReadOnlyList<string> UndeclaredNames { get; init; }

    public required TemplateOptions Options { get; init; }

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
            var frame = context.BeginProgram(Options, LocalCount);
            foreach (var node in Body) node.Execute(frame, output);
            output.CheckCeiling();
        }
        catch (TemplateError fault)
        {
            throw Locate(source, context, fault);
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
            return Expression!.Evaluate(context.BeginProgram(Options, LocalCount)); // only called on expressions
        }
        catch (TemplateError fault)
        {
            throw Locate(source, context, fault);
        }
    }

    private TemplateException Locate(SourceText source, RenderContext context, TemplateError fault)
    {
        var span = new SourceSpan(source, (int)(context.Place >> 32), (int)context.Place);
        var hint = fault.Hint ?? (fault.UndefinedName is null ? null : NearestName.Hint(fault.UndefinedName, [.. Options.Slots, .. context.VariableNames]));
        return new TemplateException(new Diagnostic(fault.Code, Severity.Error, hint is null ? fault.Message : fault.Message + ".", span) { Hint = hint }, fault);
    }
}
