using InstructKit.Templating.Rendering;
using InstructKit.Text;

namespace InstructKit.Templating.Values;

/// <summary>A value that is none of the plain kinds: a range, a view, an iterator, a namespace, a macro, a function.</summary>
internal abstract class ObjectValue
{
    /// <summary>Python's name of the type, for messages.</summary>
    public abstract string TypeName { get; }

    public virtual bool IsTrue => Length is not 0;

    /// <summary>Number of items; null when it has no length.</summary>
    public virtual long? Length => null;

    public virtual bool IsIterable => false;

    /// <summary>True when it can be asked for an item by position.</summary>
    public virtual bool IsIndexable => false;

    public virtual bool IsCallable => false;

    /// <summary>Next item of an iteration whose state starts at 0.</summary>
    public virtual bool TryNext(ref long state, out Value item)
    {
        item = default;
        return false;
    }

    public virtual bool TryGetIndex(long index, out Value item)
    {
        item = default;
        return false;
    }

    public virtual bool TryGetAttribute(string name, out Value value)
    {
        value = default;
        return false;
    }

    public virtual Value Call(RenderContext context, scoped Arguments arguments) => throw TemplateError.Type($"'{TypeName}' object is not callable");

    /// <summary>Appends Python's text of it.</summary>
    public virtual void AppendText(Utf8Output output, int depth) =>
        throw TemplateError.Type($"a value of type '{TypeName}' has no text; call it or turn it into a list");
}
