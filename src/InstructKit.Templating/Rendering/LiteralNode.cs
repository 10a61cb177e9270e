using System.Text;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>Text that stands in the template, kept plain and JSON-escaped.</summary>
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
