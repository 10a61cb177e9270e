using System.IO.Hashing;
using InstructKit.Formats.Consumers;

namespace InstructKit.Auditing.Validation;

/// <summary>
/// Finds rows of one split that also occur in another. Rows are equal when the columns that form an example have the same values, whatever the order
/// of keys and the escaping of texts. It stores 16 bytes and a position for every distinct row.
/// </summary>
/// <param name="columns">The columns that form an example; all if empty.</param>
internal sealed class SplitOverlap(IReadOnlyList<string> columns)
{
    private readonly byte[][] _columns = [.. columns.Select(System.Text.Encoding.UTF8.GetBytes)];
    private readonly Dictionary<UInt128, (int File, long Line)> _seen = [];
    private readonly List<(string Split, string File)> _files = [];
    private readonly XxHash128 _hash = new();

    public void Begin(string split, string file) => _files.Add((split, file));

    /// <summary>Adds a row of the current file; returns where another split has it.</summary>
    public (string Split, string File, long Line)? Meet(JsonNode row, long line)
    {
        if (_columns.Length == 0 || !row.IsObject)
        {
            Add(row);
        }
        else
        {
            foreach (var column in _columns)
            {
                var value = row.Find(column);
                if (value.IsAbsent) continue;

                _hash.Append(column);
                Add(value);
            }
        }

        return Meet(line);
    }

    /// <summary>Adds a line of text, likewise.</summary>
    public (string Split, string File, long Line)? Meet(ReadOnlySpan<byte> text, long line)
    {
        _hash.Append(text);
        return Meet(line);
    }

    private (string Split, string File, long Line)? Meet(long line)
    {
        var key = _hash.GetCurrentHashAsUInt128();
        _hash.Reset();
        if (!_seen.TryGetValue(key, out var first))
        {
            _seen.Add(key, (_files.Count - 1, line));
            return null;
        }

        var (split, file) = _files[first.File];
        return split == _files[^1].Split ? null : (split, file, first.Line);
    }

    private void Add(JsonNode value)
    {
        _hash.Append([(byte)value.Kind]);
        switch (value.Kind)
        {
            case JsonKind.Text when value.Bytes.Contains((byte)'\\'):
                _hash.Append(value.AsBytes());
                break;
            case JsonKind.Text or JsonKind.Integer or JsonKind.Float:
                _hash.Append(value.Bytes);
                break;
            case JsonKind.List:
                foreach (var element in value) Add(element);

                break;
            case JsonKind.Object:
                // The sum of the members' hashes does not depend on their order.
                var sum = UInt128.Zero;
                foreach (var member in value)
                {
                    if (member.IsAbsent) continue;

                    var inner = new SplitOverlap([]);
                    inner._hash.Append(member.Key);
                    inner.Add(member);
                    sum += inner._hash.GetCurrentHashAsUInt128();
                }

                Span<byte> bytes = stackalloc byte[16];
                System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(bytes, sum);
                _hash.Append(bytes);
                break;
            default:
                break;
        }

        _hash.Append([0]);
    }
}
