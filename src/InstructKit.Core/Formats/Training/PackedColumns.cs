using InstructKit.Examples;
using InstructKit.Lengths;

namespace InstructKit.Formats.Training;

/// <summary>The columns of packed sequences, and how a sequence fills them.</summary>
internal sealed class PackedColumns
{
    /// <summary>Label of untrained tokens: the index that PyTorch's cross entropy ignores.</summary>
    private const int Ignored = -100;

    private readonly Action<PackedSequence, RecordWriter>[] _writes;

    /// <summary>Creates the columns.</summary>
    /// <param name="mask">How sequences mark trained tokens.</param>
    /// <param name="columns">The requested columns, in order; null for all.</param>
    /// <param name="drop">Omitted columns.</param>
    public PackedColumns(PackedMask mask, IReadOnlyList<string>? columns, IReadOnlyList<string> drop)
    {
        var all = AllOf(mask);
        List<Column> chosen = [.. (columns is null ? all : [.. columns.Select(name => all.FirstOrDefault(column => column.Name == name)).OfType<Column>()]).Where(column => !drop.Contains(column.Name, StringComparer.Ordinal))];
        Schema = new RecordSchema(chosen);
        _writes = [.. chosen.Select(WriteOf)];
    }

    public RecordSchema Schema { get; }

    /// <summary>The possible columns of sequences.</summary>
    public static IReadOnlyList<Column> AllOf(PackedMask mask) => [.. CommonColumns.Sequence.Where(column => column.Name != (mask == PackedMask.Labels ? "loss_mask" : "labels"))];

    public void Write(PackedSequence sequence, RecordWriter record)
    {
        record.Begin();
        foreach (var write in _writes) write(sequence, record);
        record.End();
    }

    private static Action<PackedSequence, RecordWriter> WriteOf(Column column) => column.Name switch
    {
        "input_ids" => static (sequence, record) => Write(sequence, record, static (token, _, _) => token < 0 ? ~token : token, static (sequence, _) => sequence.PadId),
        "labels" => static (sequence, record) => Write(sequence, record, static (token, _, _) => token < 0 ? Ignored : token, static (_, _) => Ignored),
        "loss_mask" => static (sequence, record) => Write(sequence, record, static (token, _, _) => token < 0 ? 0 : 1, static (_, _) => 0),
        "position_ids" => static (sequence, record) => Write(sequence, record, static (_, position, _) => position, static (_, position) => position),
        _ => static (sequence, record) => Write(sequence, record, static (_, _, segment) => segment, static (_, _) => 0),
    };

    private static void Write(PackedSequence sequence, RecordWriter record, Func<int, int, int, int> value, Func<PackedSequence, int, int> padding)
    {
        record.StartList();
        for (var i = 0; i < sequence.Examples.Count; i++)
        {
            var tokens = sequence[i];
            for (var position = 0; position < tokens.Length; position++) record.Integer(value(tokens[position], position, i + 1));
        }

        for (var position = 0; position < sequence.Padding; position++) record.Integer(padding(sequence, position));
        record.EndList();
    }
}

/// <summary>A sequence of packed examples: a view of a window that holds them.</summary>
/// <param name="tokens">Tokens of all examples of the window, as in <see cref="Example.Tokens"/>.</param>
/// <param name="ends">Where each example ends.</param>
internal sealed class PackedSequence(List<int> tokens, List<int> ends)
{
    /// <summary>The examples, by number in the window.</summary>
    public IReadOnlyList<int> Examples { get; set; } = [];

    /// <summary>Number of padding tokens after the examples.</summary>
    public int Padding { get; set; }

    public int PadId { get; init; }

    /// <summary>Number of tokens without padding.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            for (var i = 0; i < Examples.Count; i++) count += this[i].Length;
            return count;
        }
    }

    /// <summary>The tokens of an example by its position in the sequence.</summary>
    public ReadOnlySpan<int> this[int position] =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens)[(Examples[position] == 0 ? 0 : ends[Examples[position] - 1])..ends[Examples[position]]];
}
