using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>A compiled expression.</summary>
internal abstract class ExpressionNode
{
    /// <summary>True when it gives the same for every row.</summary>
    public virtual bool IsRowIndependent => false;

    public abstract Value Evaluate(Frame frame);

    /// <summary>Appends the value's text, without making the value where that can be avoided.</summary>
    public virtual void Write(Frame frame, Utf8Output output) => PythonPrinter.AppendStr(Evaluate(frame), output);

    /// <summary>Python's truth of the value.</summary>
    public virtual bool IsTrue(Frame frame) => Evaluate(frame).IsTrue;
}
