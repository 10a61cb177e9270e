using System.Runtime.InteropServices;
using InstructKit.Formats;
using InstructKit.Formats.Training;
using InstructKit.Lengths;

namespace InstructKit.Sinks;

/// <summary>Packing result of a split.</summary>
/// <param name="Split">The output split.</param>
/// <param name="Length">Maximum tokens of a sequence.</param>
/// <param name="Sequences">Sequences written.</param>
/// <param name="Examples">Examples in them.</param>
/// <param name="Tokens">Their tokens, without padding.</param>
/// <param name="TrainedTokens">Trained tokens among them.</param>
public sealed record PackedSplit(string Split, int Length, long Sequences, long Examples, long Tokens, long TrainedTokens)
{
    /// <summary>The fraction of the sequences filled with tokens, from 0 to 1.</summary>
    public decimal Utilisation => Sequences == 0 ? 0 : Math.Round((decimal)Tokens / ((decimal)Sequences * Length), 6);
}

/// <summary>Packs examples into sequences: within a window, first-fit decreasing groups the examples, and the sequences of a window are
/// written in the order of their first examples. The result depends only on the examples and their order.</summary>
internal sealed class PackingSink : IRecordSink
{
    // A window ends at this many tokens, however few examples it has: 32 MiB.
    private const int WindowTokens = 8 << 20;

    private readonly IRecordSink _next;
    private readonly string _split;
    private readonly Packing _packing;
    private readonly int _capacity;
    private readonly PackedColumns _columns;
    private readonly MegatronSink? _megatron;
    private readonly List<int> _tokens = [];
    private readonly List<int> _ends = [];
    private readonly Utf8Output _output = new();
    private readonly RecordIndex _index = new();
    private readonly RecordWriter _writer;
    private readonly PackedSequence _sequence;
    private readonly bool _pads;
    private long _written;
    private long _trained;

    /// <summary>Creates a sink in front of another.</summary>
    /// <param name="next">Receives the sequences.</param>
    /// <param name="split">The output split.</param>
    /// <param name="container">How sequences are stored.</param>
    /// <param name="packing">The packing settings; with a length.</param>
    /// <param name="padId">Padding id; null for none.</param>
    /// <param name="megatron">Also receives the ids; null for none.</param>
    public PackingSink(IRecordSink next, string split, OutputContainer container, Packing packing, PackedColumns columns, int? padId, MegatronSink? megatron)
    {
        _next = next;
        _split = split;
        _packing = packing;
        _capacity = packing.Length!.Value; // packing implies a length
        _columns = columns;
        _megatron = megatron;
        _writer = container.Writer(_output, columns.Schema);
        _pads = padId is not null;
        _sequence = new PackedSequence(_tokens, _ends) { PadId = padId ?? 0 };
    }

    public long Rows { get; private set; }

    /// <summary>The result so far.</summary>
    public PackedSplit Result => new(_split, _capacity, _next.Rows, Rows, _written, _trained);

    /// <summary>The tokens of an example's record.</summary>
    private static ReadOnlySpan<int> TokensOf(ReadOnlySpan<byte> record)
    {
        var values = new BinaryRecordReader(record);
        return MemoryMarshal.Cast<byte, int>(values.Bytes(values.Count()));
    }

    public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var tokens = TokensOf(bytes[index.Start(i)..index.End(i)]);
            if (_ends.Count >= _packing.Window || _tokens.Count + tokens.Length > WindowTokens) Pack();

            _tokens.AddRange(tokens);
            _ends.Add(_tokens.Count);
        }

        Rows += to - from;
    }

    public void Finish()
    {
        Pack();
        _next.Finish();
        _megatron?.Finish();
    }

    public IReadOnlyList<PublishedFile> Publish() => [.. _next.Publish().Select(file => file with { IsPacked = true }), .. _megatron?.Publish() ?? []];

    public void Dispose()
    {
        _next.Dispose();
        _megatron?.Dispose();
    }

    private void Pack()
    {
        if (_ends.Count == 0) return;

        var lengths = new int[_ends.Count];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = _ends[i] - (i == 0 ? 0 : _ends[i - 1]);
        foreach (var examples in SequencePacking.Pack(lengths, _capacity))
        {
            _sequence.Examples = examples;
            var count = _sequence.Count;
            _sequence.Padding = _pads ? _capacity - count : 0;
            _output.Length = 0;
            _index.Reset();
            _columns.Write(_sequence, _writer);
            _index.Add(_output.Length, 0);
            _next.Write(_output.Written, _index, 0, 1);
            _megatron?.Write(_sequence);
            _written += count;
        }

        foreach (var token in CollectionsMarshal.AsSpan(_tokens)) _trained += token >= 0 ? 1 : 0;
        _tokens.Clear();
        _ends.Clear();
    }
}
