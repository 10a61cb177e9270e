namespace InstructKit.Templating;

/// <summary>A compiled expression.</summary>
internal abstract class ExpressionNode
{
    public abstract Value Evaluate(Frame frame);

    /// <summary>Appends the value's text, without making the value where that can be avoided.</summary>
    public virtual void Write(Frame frame, Utf8Output output) => PythonPrinter.AppendStr(Evaluate(frame), output);
}
