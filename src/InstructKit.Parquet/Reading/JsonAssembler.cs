using System.Text.Unicode;
using InstructKit.Parquet.Schema;

namespace InstructKit.Parquet.Reading;

/// <summary>Reassembles the entries of the leaves below one top-level field as JSON text. Every leaf must take the same path through the lists: an
/// entry has the repetition level of the innermost list that has just continued, for all leaves below that list.</summary>
internal sealed class JsonAssembler : IDisposable
{
    private readonly SchemaNode _root;
    private readonly LeafCursor[] _cursors;
    private readonly Dictionary<StructNode, byte[][]> _keys = [];
    private readonly CellBuffer _scratch = new();
    private bool _isValid;

    public JsonAssembler(SchemaNode root, LeafCursor[] cursors)
    {
        _root = root;
        _cursors = cursors;
        MakeKeys(root);
    }

    /// <summary>Appends the field of the next row.</summary>
    public ValueKind Append(CellBuffer target)
    {
        var isNull = _root.IsNullable && First(_root).Definition < _root.DefinitionLevel;
        _isValid = true;
        if (isNull) SkipNull(_root, 0, _root.DefinitionLevel);
        else Append(_root, 0, target);

        return isNull ? ValueKind.Null : _isValid ? ValueKind.Json : ValueKind.InvalidJson;
    }

    public void Dispose() => _scratch.Dispose();

    private void Append(SchemaNode node, int repetition, CellBuffer target)
    {
        if (node is LeafNode leaf)
        {
            var cursor = First(leaf);
            if (cursor.Take(repetition) < leaf.DefinitionLevel) target.Append("null"u8);
            else AppendValue(cursor, target);

            return;
        }

        if (node.IsNullable && First(node).Definition < node.DefinitionLevel)
        {
            SkipNull(node, repetition, node.DefinitionLevel);
            target.Append("null"u8);
            return;
        }

        if (node is RepeatedNode repeated) AppendItems(repeated, repetition, target);
        else AppendStruct((StructNode)node, repetition, target);
    }

    private void AppendStruct(StructNode structure, int repetition, CellBuffer target)
    {
        target.Append((byte)'{');
        var keys = _keys[structure];
        for (var i = 0; i < keys.Length; i++)
        {
            target.Append(keys[i]);
            Append(structure.Fields[i], repetition, target);
        }

        target.Append((byte)'}');
    }

    private void AppendItems(RepeatedNode node, int repetition, CellBuffer target)
    {
        var map = node as MapNode;
        target.Append(map is null ? (byte)'[' : (byte)'{');
        var first = First(node);
        if (first.Definition < node.ItemDefinitionLevel)
        {
            SkipNull(node, repetition, node.ItemDefinitionLevel);
        }
        else
        {
            AppendItem(repetition);
            while (first.Repetition == node.ItemRepetitionLevel)
            {
                target.Append((byte)',');
                AppendItem(node.ItemRepetitionLevel);
            }
        }

        target.Append(map is null ? (byte)']' : (byte)'}');

        void AppendItem(int level)
        {
            if (map is not null) AppendKey(map.Key, level, target);

            Append(node.Item, level, target);
        }
    }

    private void AppendKey(LeafNode key, int repetition, CellBuffer target)
    {
        var cursor = First(key);
        if (cursor.Take(repetition) < key.DefinitionLevel) throw ParquetException.Corrupt("a map has a key that is null");

        var start = target.Length;
        AppendValue(cursor, target);
        if (target.Bytes[start] != '"')
        {
            // JSON keys are always strings.
            _scratch.Clear();
            _scratch.Append(target.Bytes.AsSpan(start, target.Length - start));
            target.Advance(start - target.Length);
            target.AppendString(_scratch.Bytes.AsSpan(0, _scratch.Length));
        }

        target.Append((byte)':');
    }

    private void AppendValue(LeafCursor cursor, CellBuffer target)
    {
        if (cursor.Leaf.Format == ValueFormat.Text)
        {
            // The most frequent case bypasses the scratch buffer.
            var text = cursor.TakeBytes();
            if (Utf8.IsValid(text))
            {
                // A document inside a list or struct is embedded as the value it represents.
                if (cursor.Leaf.IsJson && IsDocument(text)) target.Append(text);
                else target.AppendString(text);
                return;
            }

            _isValid = false;
            target.Append((byte)'"');
            ValueText.AppendBase64(target, text);
            target.Append((byte)'"');
            return;
        }

        _scratch.Clear();
        var kind = ValueText.Append(cursor, _scratch);
        var value = _scratch.Bytes.AsSpan(0, _scratch.Length);
        switch (kind)
        {
            case ValueKind.True: target.Append("true"u8); break;
            case ValueKind.False: target.Append("false"u8); break;
            case ValueKind.Text or ValueKind.PlainText: target.AppendString(value); break;
            default: target.Append(value); break;
        }
    }

    private static bool IsDocument(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new System.Text.Json.Utf8JsonReader(text, new System.Text.Json.JsonReaderOptions { MaxDepth = 1000 });
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    // One entry of every leaf below represents the null (or for the empty list).
    private void SkipNull(SchemaNode node, int repetition, int definitionLevel)
    {
        for (var i = 0; i < node.LeafCount; i++)
        {
            if (_cursors[node.FirstLeaf - _root.FirstLeaf + i].Take(repetition) >= definitionLevel)
                throw ParquetException.Corrupt("the columns of a group do not agree on what is null");
        }
    }

    private LeafCursor First(SchemaNode node) => _cursors[node.FirstLeaf - _root.FirstLeaf];

    private void MakeKeys(SchemaNode node)
    {
        switch (node)
        {
            case StructNode { IsVariant: true }:
                throw ParquetException.Unsupported($"'{node.Name}' is of the type VARIANT, which is not read; convert it to text or to a struct");
            case StructNode structure:
                if (structure.Fields.CountBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault(name => name.Value > 1) is { Value: > 1 } doubled)
                    throw ParquetException.Unsupported($"'{node.Name}' has {doubled.Value} fields with the name '{doubled.Key}'");

                _keys[structure] = [.. structure.Fields.Select((field, i) => MakeKey(field.Name, i == 0))];
                foreach (var field in structure.Fields) MakeKeys(field);

                break;
            case RepeatedNode repeated: MakeKeys(repeated.Item); break;
        }
    }

    // Appends what precedes a value: a comma, unless it is the first, and its name.
    private static byte[] MakeKey(string name, bool isFirst)
    {
        using var key = new CellBuffer();
        if (!isFirst) key.Append((byte)',');

        key.AppendString(Encoding.UTF8.GetBytes(name));
        key.Append((byte)':');
        return key.Bytes[..key.Length];
    }
}
