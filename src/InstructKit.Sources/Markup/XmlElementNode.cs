using System.Xml;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Markup;

/// <summary>One XML element as JSON: just its text if that is all, otherwise an object with attributes as <c>@name</c>, children by name (several of one
/// name as an array) and text that is not blank as <c>#text</c>.</summary>
internal sealed class XmlElementNode
{
    private readonly List<(string Name, string Value)> _attributes = [];
    private readonly List<XmlElementNode> _children = [];
    private readonly StringBuilder _text = new();

    private XmlElementNode(string name) => Name = name;

    /// <summary>The element's name, prefix included.</summary>
    public string Name { get; }

    /// <summary>Reads the element at the reader and leaves the reader at its end.</summary>
    /// <param name="depth">How many more levels elements may nest.</param>
    /// <param name="budget">How many more UTF-16 units may be read, with a fixed price for every node; reduced.</param>
    /// <exception cref="XmlElementLimitException">The element is too deep or too large.</exception>
    public static XmlElementNode Read(XmlReader reader, int depth, ref int budget)
    {
        var node = new XmlElementNode(reader.Name);
        Spend(ref budget, 64 + node.Name.Length);
        if (depth <= 0) throw new XmlElementLimitException(isDepth: true);

        var isEmpty = reader.IsEmptyElement;
        while (reader.MoveToNextAttribute())
        {
            Spend(ref budget, 32 + reader.Name.Length + reader.Value.Length);
            node._attributes.Add((reader.Name, reader.Value));
        }

        if (isEmpty)
        {
            reader.MoveToElement();
            return node;
        }

        var chars = new char[1024];
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element: node._children.Add(Read(reader, depth - 1, ref budget)); break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    for (int count; (count = reader.ReadValueChunk(chars, 0, chars.Length)) > 0;)
                    {
                        Spend(ref budget, count);
                        node._text.Append(chars, 0, count);
                    }

                    break;
            }
        }

        return node;
    }

    /// <summary>Appends the JSON of the element.</summary>
    public void Append(RowBatch batch)
    {
        if (_attributes.Count == 0 && _children.Count == 0)
        {
            AppendText(batch, _text.ToString());
            return;
        }

        var separator = "{"u8;
        foreach (var (name, value) in _attributes)
        {
            batch.Append(separator);
            separator = ","u8;
            AppendText(batch, "@" + name);
            batch.Append(":"u8);
            AppendText(batch, value);
        }

        foreach (var group in _children.GroupBy(child => child.Name, StringComparer.Ordinal))
        {
            batch.Append(separator);
            separator = ","u8;
            AppendText(batch, group.Key);
            batch.Append(":"u8);
            AppendGroup(batch, [.. group]);
        }

        var text = _text.ToString();
        if (!string.IsNullOrWhiteSpace(text))
        {
            batch.Append(separator);
            AppendText(batch, "#text");
            batch.Append(":"u8);
            AppendText(batch, text);
        }

        batch.Append("}"u8);
    }

    private static void AppendGroup(RowBatch batch, List<XmlElementNode> nodes)
    {
        if (nodes.Count == 1)
        {
            nodes[0].Append(batch);
            return;
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            batch.Append(i == 0 ? "["u8 : ","u8);
            nodes[i].Append(batch);
        }

        batch.Append("]"u8);
    }

    private static void AppendText(RowBatch batch, string text) => JsonText.AppendString(batch, Encoding.UTF8.GetBytes(text));

    private static void Spend(ref int budget, int amount)
    {
        budget -= amount;
        if (budget < 0) throw new XmlElementLimitException(isDepth: false);
    }
}

/// <summary>Signals that an element is too deep or too large; the reader turns it into a diagnostic.</summary>
internal sealed class XmlElementLimitException(bool isDepth) : Exception
{
    /// <summary>True for the depth, false for the size.</summary>
    public bool IsDepth { get; } = isDepth;
}
