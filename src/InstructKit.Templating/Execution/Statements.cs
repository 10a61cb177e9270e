namespace InstructKit.Templating.Execution;

/// <summary>A compiled statement.</summary>
internal abstract class RenderNode
{
    public abstract Flow Execute(Frame frame, Utf8Output output);
}

/// <summary>How execution continues after a statement.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>Literal text of the template, kept plain and JSON-escaped.</summary>
internal sealed class LiteralNode : RenderNode
{
    private readonly byte[] _plain;
    private readonly byte[] _escaped;

    public LiteralNode(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    public LiteralNode(byte[] text)
    {
        _plain = text;
        var output = new Utf8Output(text.Length + 16);
        output.AppendEscaped(text);
        _escaped = output.Written.ToArray();
    }

    public ReadOnlySpan<byte> Plain => _plain;

    public override Flow Execute(Frame frame, Utf8Output output)
    {
        output.AppendRaw(output.JsonEscaped ? _escaped : _plain);
        return Flow.Next;
    }
}

/// <summary>Prints an expression.</summary>
/// <param name="escape">Whether HTML is escaped; null where an autoescape tag decides while the template runs.</param>
/// <param name="range">Source range of the expression.</param>
internal sealed class OutputNode(ExpressionNode value, bool? escape, SourceRange range) : RenderNode
{
    public ExpressionNode Value => value;

    public override Flow Execute(Frame frame, Utf8Output output)
    {
        frame.Context.Location = range.Packed;
        if (escape ?? frame.Context.Autoescape) HtmlText.Append(value.Evaluate(frame), output);
        else value.Write(frame, output);
        output.CheckCeiling();
        return Flow.Next;
    }
}

/// <summary><c>if</c> with its branches.</summary>
internal sealed class IfNode((ExpressionNode Test, RenderNode[] Body)[] branches, RenderNode[] otherwise, SourceRange range) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        foreach (var (test, body) in branches)
        {
            frame.Context.Location = range.Packed;
            if (test.IsTrue(frame)) return Run(body, frame, output);
        }

        return Run(otherwise, frame, output);
    }

    private static Flow Run(RenderNode[] body, Frame frame, Utf8Output output)
    {
        foreach (var node in body)
        {
            var flow = node.Execute(frame, output);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }
}

/// <summary>Evaluates an expression and discards the value.</summary>
internal sealed class DoNode(ExpressionNode value) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        value.Evaluate(frame);
        return Flow.Next;
    }
}

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class JumpNode(Flow flow) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output) => flow;
}

/// <summary>Statements with their own variables.</summary>
internal sealed class BlockNode(ScopeEntry[] entries, RenderNode[] body) : RenderNode
{
    public bool HasEntries => entries.Length > 0;

    public RenderNode[] Body => body;

    public override Flow Execute(Frame frame, Utf8Output output)
    {
        Prepare(frame);
        return ExecuteBody(frame, output);
    }

    /// <summary>Initialises the variables.</summary>
    public void Prepare(Frame frame)
    {
        foreach (var entry in entries) frame.Locals[entry.Slot] = entry.First is null ? Value.Missing : entry.First.EvaluateRaw(frame);
    }

    public Flow ExecuteBody(Frame frame, Utf8Output output)
    {
        foreach (var node in body)
        {
            var flow = node.Execute(frame, output);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }
}

/// <summary>Initial value of a variable in its scope.</summary>
/// <param name="First">Source of the value; null if unset.</param>
internal readonly record struct ScopeEntry(int Slot, NameNode? First);

/// <summary><c>with</c>: variables of a block, their values evaluated outside it.</summary>
internal sealed class WithNode(TargetNode[] targets, ExpressionNode[] values, BlockNode body) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        var evaluated = Array.ConvertAll(values, value => value.Evaluate(frame));
        body.Prepare(frame);
        for (var i = 0; i < targets.Length; i++) targets[i].Assign(frame, evaluated[i]);
        return body.ExecuteBody(frame, output);
    }
}

/// <summary>A tag of a dialect: the range that its body prints is recorded if the caller requests it.</summary>
internal sealed class MarkNode(BlockNode body) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        var start = output.Length;
        var flow = body.Execute(frame, output);
        // Captured output (a macro, a set block) counts from the output's current length, as in transformers' AssistantTracker.
        if (frame.Context is { Marks: { } marks, Marked: { } marked }) marks.Add(ReferenceEquals(output, marked) ? (start, output.Length) : (marked.Length, marked.Length + output.Length - start));
        return flow;
    }
}

/// <summary><c>autoescape</c>: a body in which HTML is escaped, or not.</summary>
internal sealed class AutoescapeNode(ExpressionNode isOn, BlockNode body) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        var context = frame.Context;
        var before = context.Autoescape;
        context.Autoescape = isOn.IsTrue(frame);
        var flow = body.Execute(frame, output);
        context.Autoescape = before;
        return flow;
    }
}
