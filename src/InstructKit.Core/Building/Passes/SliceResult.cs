using InstructKit.Building.EvaluationOutput;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Formats.Training;
using InstructKit.Sinks;
using InstructKit.Templates;

namespace InstructKit.Building.Passes;

/// <summary>One output format of a slice on its way to a sink.</summary>
/// <param name="Layout">The columns.</param>
/// <param name="Container">How they are stored.</param>
internal sealed record SliceOutput(RecordLayout Layout, OutputContainer Container, IRecordSink Sink, string Format)
{
    /// <summary>Losses for which the plan drops the example.</summary>
    public ExampleLoss Refused { get; init; }

    /// <summary>Records of an incomplete group of round robin.</summary>
    public RecordStream Held { get; } = new(64);
}

/// <summary>A loss of a record compared to its example.</summary>
/// <param name="Output">Number of the output format.</param>
/// <param name="Loss">What is missing.</param>
internal readonly record struct LostPart(int Record, int Output, ExampleLoss Loss);

/// <summary>One worker's result for one chunk and slice. Reused for every chunk.</summary>
internal sealed class SliceResult
{
    private readonly SliceJob _job;
    private readonly RecordWriter[] _writers;
    private readonly List<int> _rows = [];
    private readonly List<int> _recordsAfter = [];

    /// <summary>Creates an empty result.</summary>
    public SliceResult(SliceJob job)
    {
        _job = job;
        Streams = [.. job.Outputs.Select(_ => new RecordStream(1 << 14))];
        _writers = [.. job.Outputs.Zip(Streams, (output, stream) => output.Container.Writer(stream.Output, output.Layout.Schema))];
        Evaluation = job.Evaluation?.MakeRecords();
    }

    /// <summary>The encoded examples, once per output format.</summary>
    public RecordStream[] Streams { get; }

    /// <summary>Number of examples.</summary>
    public int Count => Templates.Count;

    /// <summary>The examples as rows of evaluation sets; null if there are none.</summary>
    public EvaluationRecords? Evaluation { get; }

    /// <summary>Template of each, by index in the task.</summary>
    public List<int> Templates { get; } = [];

    /// <summary>Outcome of the exemplars of each; empty when the slice has none.</summary>
    public List<ShotNote> Shots { get; } = [];

    /// <summary>Losses of the records, in order; empty for nearly all builds.</summary>
    public List<LostPart> Losses { get; } = [];

    /// <summary>Lengths of the examples; empty when they are not measured.</summary>
    public List<LengthNote> Lengths { get; } = [];

    /// <summary>Rows that yielded no example, in order.</summary>
    public List<RowOutcome> Lost { get; } = [];

    /// <summary>Rows of the batch that are held-out rows, in order, each with the number of the first one it equals.</summary>
    public List<(int Row, long HeldOut)> Leaks { get; } = [];

    /// <summary>Rows only tried.</summary>
    public List<(long Position, bool IsUsable)> Tried { get; } = [];

    /// <summary>Rows of the batch taken by the pass, including lost ones.</summary>
    public int Taken { get; set; }

    /// <summary>Half-open range of batch indices that contains the rows of the slice.</summary>
    public (int From, int To) Range { get; set; }

    /// <summary>Number of rows that yielded examples.</summary>
    public int Selected => _rows.Count;

    /// <summary>Empties the result.</summary>
    public void Reset()
    {
        foreach (var stream in Streams) stream.Reset();
        Evaluation?.Reset();
        Templates.Clear();
        Shots.Clear();
        Losses.Clear();
        Lengths.Clear();
        Lost.Clear();
        Leaks.Clear();
        Tried.Clear();
        _rows.Clear();
        _recordsAfter.Clear();
        Taken = 0;
        Range = default;
    }

    /// <summary>Encodes an example. If the verdict does not keep it, nothing of it remains.</summary>
    public RowVerdict Add(in Example example, ulong shuffleKey)
    {
        try
        {
            for (var i = 0; i < _writers.Length; i++)
            {
                var writer = _writers[i];
                (writer.Losses, writer.Fault) = (ExampleLoss.None, null);
                writer.Begin();
                _job.Outputs[i].Layout.Write(in example, writer);
                writer.End();
                if (writer.Losses == ExampleLoss.None && writer.Fault is null) continue;

                if ((writer.Losses & _job.Outputs[i].Refused) != 0 || writer.Fault is not null) return Refuse(writer.Fault);

                Losses.Add(new LostPart(Count, i, writer.Losses));
            }
        }
        catch
        {
            // If a chat template rejects an example, nothing of it remains.
            Refuse(null);
            throw;
        }

        foreach (var stream in Streams) stream.Index.Add(stream.Output.Length, shuffleKey);

        Evaluation?.Add(example);
        Templates.Add(example.Origin.Index);
        return RowVerdict.Keep;
    }

    private RowVerdict Refuse(string? fault)
    {
        foreach (var stream in Streams) stream.RollBack();
        Losses.RemoveAll(loss => loss.Record == Count);
        return fault is null ? RowVerdict.Drop(DropReasons.LineBreak) : RowVerdict.Error(RowCodes.ColumnType, fault);
    }

    /// <summary>Records that a row yielded one or more examples.</summary>
    public void Select(int row)
    {
        _rows.Add(row);
        _recordsAfter.Add(Count);
    }

    /// <summary>Records of the first <paramref name="rows"/> selected rows.</summary>
    public int RecordsOf(int rows) => rows == 0 ? 0 : _recordsAfter[rows - 1];

    /// <summary>Batch index of a selected row.</summary>
    public int RowOf(int selected) => _rows[selected];
}
