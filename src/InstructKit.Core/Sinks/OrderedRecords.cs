using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sinks;

/// <summary>The lines of all buckets in the order of their keys: they are read, sorted and merged on a separate thread, a few stages ahead of the
/// consumer.</summary>
internal sealed class OrderedRecords : IDisposable
{
    private const int StageBytes = 1 << 19;
    private const int Stages = 4;

    private readonly BlockingCollection<RecordStream> _full = new(Stages);
    private readonly BlockingCollection<RecordStream> _empty = new(Stages);
    private readonly CancellationTokenSource _stop = new();
    private readonly System.Threading.Tasks.Task _filling;

    /// <summary>Starts reading the buckets.</summary>
    public OrderedRecords(ShuffleBucket[] buckets, SafeFileHandle? spill)
    {
        for (var i = 0; i < Stages; i++) _empty.Add(new RecordStream(StageBytes));

        _filling = System.Threading.Tasks.Task.Factory.StartNew(
            () => Fill(buckets, spill), CancellationToken.None, System.Threading.Tasks.TaskCreationOptions.LongRunning, System.Threading.Tasks.TaskScheduler.Default);
    }

    /// <summary>Passes all lines on to a sink.</summary>
    /// <exception cref="IOException">The temporary file or the sink failed.</exception>
    public void WriteTo(IRecordSink sink)
    {
        foreach (var stage in _full.GetConsumingEnumerable())
        {
            sink.Write(stage.Output.Written, stage.Index, 0, stage.Index.Count);
            stage.Reset();
            _empty.Add(stage);
        }

        _filling.GetAwaiter().GetResult();
    }

    /// <summary>Stops reading.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        System.Threading.Tasks.Task.WaitAny(_filling); // its failure, if any, has been reported
        _full.Dispose();
        _empty.Dispose();
        _stop.Dispose();
    }

    private void Fill(ShuffleBucket[] buckets, SafeFileHandle? spill)
    {
        try
        {
            var sorted = new SortedBucket();
            var stage = _empty.Take(_stop.Token);
            foreach (var bucket in buckets)
            {
                sorted.Load(bucket, spill);
                for (var n = 0; n < sorted.Count; n++)
                {
                    var line = sorted.Line(n);
                    if (!stage.TryAdd(sorted.Key(n), line))
                    {
                        _full.Add(stage, _stop.Token);
                        stage = _empty.Take(_stop.Token);
                        stage.TryAdd(sorted.Key(n), line);
                    }
                }
            }

            _full.Add(stage, _stop.Token);
        }
        finally
        {
            _full.CompleteAdding();
        }
    }
}
