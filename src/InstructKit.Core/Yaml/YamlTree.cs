namespace InstructKit.Yaml;

/// <summary>A YAML tree as bytes. A node is its kind (for scalars with their form), offset and length in the file, then: a scalar's text, unless it is the
/// slice of the file itself; the items of a list; keys and values of a mapping. Tags are omitted, because task files have none.</summary>
internal ref struct YamlTree
{
    private const byte List = 0x80;
    private const byte Map = 0x81;
    private const byte Slice = 0x40;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly SourceText _source;
    private int _at;

    private YamlTree(ReadOnlySpan<byte> bytes, SourceText source)
    {
        _bytes = bytes;
        _source = source;
    }

    public static void Write(YamlNode node, Stream target)
    {
        switch (node)
        {
            case YamlScalar scalar:
                var isSlice = string.Equals(scalar.Span.Text, scalar.Text, StringComparison.Ordinal);
                target.WriteByte((byte)((byte)scalar.Form | (isSlice ? Slice : 0)));
                WriteSpan(node, target);
                if (!isSlice)
                {
                    WriteNumber(target, Encoding.UTF8.GetByteCount(scalar.Text));
                    target.Write(Encoding.UTF8.GetBytes(scalar.Text));
                }

                break;
            case YamlList list:
                target.WriteByte(List);
                WriteSpan(node, target);
                WriteNumber(target, list.Items.Count);
                foreach (var item in list.Items) Write(item, target);

                break;
            case YamlMap map:
                target.WriteByte(Map);
                WriteSpan(node, target);
                WriteNumber(target, map.Entries.Count);
                foreach (var entry in map.Entries)
                {
                    Write(entry.Key, target);
                    Write(entry.Value, target);
                }

                break;
        }
    }

    /// <summary>Reads a tree with spans in a source.</summary>
    public static YamlMap Read(ReadOnlySpan<byte> bytes, SourceText source) => (YamlMap)new YamlTree(bytes, source).Node();

    private static void WriteSpan(YamlNode node, Stream target)
    {
        WriteNumber(target, node.Span.Offset);
        WriteNumber(target, node.Span.Length);
    }

    private static void WriteNumber(Stream target, int number)
    {
        for (var rest = (uint)number; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                target.WriteByte((byte)rest);
                return;
            }

            target.WriteByte((byte)(rest | 0x80));
        }
    }

    private YamlNode Node()
    {
        var kind = _bytes[_at++];
        var span = new SourceSpan(_source, Number(), Number());
        switch (kind)
        {
            case List:
                var items = new YamlNode[Number()];
                for (var i = 0; i < items.Length; i++) items[i] = Node();

                return new YamlList(items, span);
            case Map:
                var entries = new YamlEntry[Number()];
                for (var i = 0; i < entries.Length; i++) entries[i] = new YamlEntry((YamlScalar)Node(), Node());

                return new YamlMap(entries, span) { IsIndexed = true };
            default: return new YamlScalar((kind & Slice) != 0 ? span.Text : Text(), (ScalarForm)(kind & ~Slice), span);
        }
    }

    private string Text()
    {
        var length = Number();
        var text = Encoding.UTF8.GetString(_bytes.Slice(_at, length));
        _at += length;
        return text;
    }

    private int Number()
    {
        var number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = _bytes[_at++];
            number |= (part & 0x7F) << shift;
            if (part < 0x80) return number;
        }
    }
}
