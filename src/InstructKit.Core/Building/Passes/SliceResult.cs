using InstructKit.Building.EvaluationOutput;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Formats.Training;
using InstructKit.Sinks;
using InstructKit.Templates;

namespace InstructKit.Building.Passes;

/// <summary>One of the shapes of a slice on its way to a sink.</summary>
/// <param name="Layout">The columns.</param>
/// <param name="Container">How they are stored.</param>
internal sealed record SliceOutput(RecordLayout Layout, OutputContainer Container, IRecordSink Sink, string Format)
{
    /// <summary>Losses for which the plan drops the example.</summary>
    public ExampleLoss Refused { get; init; }

    /// <summary>Records of an incomplete group of round robin.</summary>
    public RecordStream Held { get; } = new(64);
}

/// <summary>What a record does not hold of its example.</summary>
/// <param name="Output">Number of the shape.</param>
/// <param name="Loss">What it does not hold.</param>
internal readonly record struct LostPart(int Record, int Output, ExampleLoss Loss);

/// <summary>What one worker made of one chunk for one slice. Used again for every chunk.</summary>
internal sealed class SliceResult
{
    private readonly SliceJob _job;
    private readonly RecordWriter[] _writers;
    private readonly List<int> _rows = [];
    private readonly List<int> _recordsAfter = [];

    /// <summary>Makes an empty result.</summary>
    public SliceResult(SliceJob job)
    {
        _job = job;
        Streams = [.. job.Outputs.Select(_ => new RecordStream(1 << 14))];
        _writers = [.. job.Outputs.Zip(Streams, (output, stream) => output.Container.Writer(stream.Output, output.Layout.Schema))];
        Evaluation = job.Evaluation?.MakeRecords();
    }

    /// <summary>The encoded examples, once for each shape.</summary>
    public RecordStream[] Streams { get; }

    /// <summary>Number of examples.</summary>
    public int Count => Templates.Count;

    /// <summary>The examples as rows of evaluation sets; null where there are none.</summary>
    public EvaluationRecords? Evaluation { get; }

    /// <summary>Template of each, by index in the task.</summary>
    public List<int> Templates { get; } = [];

    /// <summary>What became of the exemplars of each; empty when the slice has none.</summary>
    public List<ShotNote> Shots { get; } = [];

    /// <summary>What records do not hold, in their order; empty for nearly all builds.</summary>
    public List<LostPart> Losses { get; } = [];

    /// <summary>Lengths of the examples; empty when they are not measured.</summary>
    public List<LengthNote> Lengths { get; } = [];

    /// <summary>Rows that did not become examples, in order.</summary>
    public List<RowOutcome> Lost { get; } = [];

    /// <summary>Rows of the batch that are held-out rows, in order, each with the number of the first one that it is.</summary>
    public List<(int Row, long HeldOut)> Leaks { get; } = [];

    /// <summary>Rows that were only tried.</summary>
    public List<(long Position, bool IsUsable)> Tried { get; } = [];

    /// <summary>Rows of the batch that the pass takes, lost ones included.</summary>
    public int Taken { get; set; }

    /// <summary>Rows of the batch among which those of the slice are, as a half-open range of batch indices.</summary>
    public (int From, int To) Range { get; set; }

    /// <summary>Number of rows that became examples.</summary>
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

    /// <summary>Encodes an example. A verdict that does not keep it leaves nothing of it.</summary>
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
            // A chat template that refuses an example leaves nothing of it.
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

    /// <summary>Notes that a row became one or more examples.</summary>
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
