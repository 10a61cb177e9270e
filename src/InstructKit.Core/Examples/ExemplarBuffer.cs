using InstructKit.Tasks;

namespace InstructKit.Examples;

/// <summary>A row of a task's training slice, rendered as an example that precedes another one's input.</summary>
/// <param name="input">Its input.</param>
/// <param name="target">Its target.</param>
/// <param name="origin">Its origin.</param>
/// <param name="row">Number of its row in the source split of its origin.</param>
public readonly ref struct Exemplar(ExampleText input, ExampleText target, ExampleOrigin origin, long row)
{
    /// <summary>Its input.</summary>
    public ExampleText Input { get; } = input;

    /// <summary>Its target.</summary>
    public ExampleText Target { get; } = target;

    /// <summary>Task, template and split of the exemplar.</summary>
    public ExampleOrigin Origin { get; } = origin;

    /// <summary>Number of its row in the source split, from 0.</summary>
    public long Row { get; } = row;
}

/// <summary>The exemplars of one example, in the order of its prompt: copies, as each is rendered before the next. One per worker, reused.</summary>
/// <param name="isEscaped">True when texts are the insides of JSON strings.</param>
public sealed class ExemplarBuffer(bool isEscaped)
{
    private readonly Utf8Output _text = new() { JsonEscaped = isEscaped };
    private readonly List<Entry> _entries = [];

    /// <summary>No exemplars.</summary>
    public static ExemplarBuffer Empty { get; } = new(isEscaped: false);

    /// <summary>Number of exemplars.</summary>
    public int Count => _entries.Count;

    /// <summary>An exemplar by its position.</summary>
    public Exemplar this[int index]
    {
        get
        {
            var (inputEnd, end, origin, row) = _entries[index];
            var start = index == 0 ? 0 : _entries[index - 1].End;
            return new Exemplar(new ExampleText(_text.Written[start..inputEnd], isEscaped), new ExampleText(_text.Written[inputEnd..end], isEscaped), origin, row);
        }
    }

    /// <summary>Copies an example as the last exemplar.</summary>
    internal void Add(in Example example)
    {
        _text.AppendRaw(example.Input.Bytes);
        var inputEnd = _text.Length;
        _text.AppendRaw(example.Target.Bytes);
        _entries.Add(new Entry(inputEnd, _text.Length, example.Origin, example.Row));
    }

    /// <summary>Keeps the first exemplars.</summary>
    internal void Truncate(int count)
    {
        _text.Length = count == 0 ? 0 : _entries[count - 1].End;
        _entries.RemoveRange(count, _entries.Count - count);
    }

    /// <summary>Writes the prompt: all exemplars, then the query.</summary>
    /// <param name="query">The query's input, in the same form.</param>
    /// <param name="separators">The text between the parts.</param>
    /// <param name="output">The output; its previous content is discarded.</param>
    internal void Join(ExampleText query, ExemplarSeparators separators, Utf8Output output)
    {
        output.Length = 0;
        output.JsonEscaped = isEscaped;
        for (var i = 0; i < Count; i++)
        {
            var exemplar = this[i];
            output.AppendText(separators.InputPrefix);
            output.AppendRaw(exemplar.Input.Bytes);
            output.AppendText(separators.Between);
            output.AppendText(separators.TargetPrefix);
            output.AppendRaw(exemplar.Target.Bytes);
            output.AppendText(separators.Separator);
        }

        output.AppendText(separators.InputPrefix);
        output.AppendRaw(query.Bytes);
        output.AppendText(separators.Between);
        output.AppendText(separators.TargetPrefix);

        // FLAN trims both ends before it adds its marker.
        var (start, length) = Trimmed(output.Written);
        if (start > 0) output.Written[start..(start + length)].CopyTo(output.Rewrite(0, length));
        output.Length = length;
        output.AppendText(separators.Suffix);
    }

    private (int Start, int Length) Trimmed(ReadOnlySpan<byte> text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && SpaceAt(text[start..end]) is > 0 and var width) start += width;
        while (start < end && SpaceBefore(text[start..end]) is > 0 and var width) end -= width;
        return (start, end - start);
    }

    private int SpaceAt(ReadOnlySpan<byte> text) => text[0] is (byte)' ' or (>= 9 and <= 13) ? 1
        : isEscaped && text.Length > 1 && text[0] == '\\' && text[1] is ((byte)'n' or (byte)'r' or (byte)'t' or (byte)'f') ? 2 : 0;

    // An escape begins with a backslash that is not itself escaped.
    private int SpaceBefore(ReadOnlySpan<byte> text)
    {
        if (text[^1] is (byte)' ' or (>= 9 and <= 13)) return 1;
        if (!isEscaped || text[^1] is not ((byte)'n' or (byte)'r' or (byte)'t' or (byte)'f')) return 0;

        var slashes = 0;
        while (slashes + 1 < text.Length && text[^(slashes + 2)] == '\\') slashes++;
        return slashes % 2 == 1 ? 2 : 0;
    }

    private readonly record struct Entry(int InputEnd, int End, ExampleOrigin Origin, long Row);
}
