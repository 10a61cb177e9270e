using System.Buffers.Binary;
using InstructKit.Protocol;

namespace InstructKit.Sinks;

/// <summary>Arranges the records of several lanes (tasks) in an order that depends on lanes (<see cref="LaneOrder"/>), with bounded memory: two sorts
/// on disk, followed by a schedule if the order has one.</summary>
internal sealed class ArrangedSink : IRecordSink
{
    private readonly LaneOrder _order;
    private readonly ShuffleSink _first;

    /// <summary>Creates a sink in front of another.</summary>
    /// <param name="next">Receives the ordered records.</param>
    /// <param name="folder">Folder of the temporary files, on the output's disk.</param>
    /// <param name="memory">Bytes of records to hold before spilling.</param>
    public ArrangedSink(IRecordSink next, string folder, int memory, LaneOrder order)
    {
        _order = order;
        _first = order.Kind == TrainingOrder.ByTask ? new ShuffleSink(next, folder, memory)
            : new ShuffleSink(new RankSink(order.Kind == TrainingOrder.Interleaved ? new ScheduleSink(next, order) : next, folder, memory / 2, order), folder, memory / 2);
    }

    public long Rows => _first.Rows;

    /// <summary>The sink for a lane's records.</summary>
    public IRecordSink Lane(int lane) => new LaneSink(this, lane);

    public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to) => throw new NotSupportedException("Records come by lanes.");

    public void Finish()
    {
        _order.Complete();
        _first.Finish();
    }

    public IReadOnlyList<PublishedFile> Publish() => _first.Publish();

    public void Dispose() => _first.Dispose();

    // Files belong to the sink of all lanes: a lane only writes.
    private sealed class LaneSink(ArrangedSink all, int lane) : IRecordSink
    {
        private readonly RecordIndex _index = new();

        public long Rows { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
        {
            if (from == to) return;

            var start = index.Start(from);
            _index.Reset();
            for (var i = from; i < to; i++) _index.Add(index.End(i) - start, all._order.FirstKey(lane, index.Key(i)));

            all._first.Write(bytes[start..], _index, 0, to - from);
            Rows += to - from;
        }

        public void Finish() => throw new NotSupportedException("All lanes end together.");

        public IReadOnlyList<PublishedFile> Publish() => throw new NotSupportedException("All lanes are published together.");

        public void Dispose()
        {
        }
    }

    // Takes one lane after another and sorts by the key from a record's number in its lane.
    private sealed class RankSink(IRecordSink next, string folder, int memory, LaneOrder order) : IRecordSink
    {
        private readonly ShuffleSink _second = new(next, folder, memory, "arrange");
        private readonly RecordIndex _index = new();
        private byte[] _record = [];
        private int _lane;
        private long _rank;

        public long Rows => _second.Rows;

        public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                var key = index.Key(i);
                var lane = order.LaneOf(key, _lane);
                if (lane != _lane) (_lane, _rank) = (lane, 0);

                var record = bytes[index.Start(i)..index.End(i)];
                _index.Reset();
                if (order.Kind == TrainingOrder.Interleaved) record = ScheduleSink.Mark(record, lane, ref _record);

                _index.Add(record.Length, order.SecondKey(lane, _rank++, key));
                _second.Write(record, _index, 0, 1);
            }
        }

        public void Finish() => _second.Finish();

        public IReadOnlyList<PublishedFile> Publish() => _second.Publish();

        public void Dispose() => _second.Dispose();
    }

    // Receives records close to their turns and passes them on exactly then; one or two per lane wait at a time.
    private sealed class ScheduleSink(IRecordSink next, LaneOrder order) : IRecordSink
    {
        private const int Prefix = sizeof(int);

        private readonly Queue<byte[]>[] _waiting = [.. order.Counts.Select(_ => new Queue<byte[]>())];
        private readonly RecordIndex _index = new();
        private FairSchedule? _schedule;
        private int _turn = -1;

        public long Rows => next.Rows;

        /// <summary>A record prefixed with its lane.</summary>
        public static ReadOnlySpan<byte> Mark(ReadOnlySpan<byte> record, int lane, ref byte[] buffer)
        {
            if (buffer.Length < record.Length + Prefix) buffer = new byte[Math.Max(record.Length + Prefix, buffer.Length * 2)];

            BinaryPrimitives.WriteInt32LittleEndian(buffer, lane);
            record.CopyTo(buffer.AsSpan(Prefix));
            return buffer.AsSpan(0, record.Length + Prefix);
        }

        public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
        {
            // Counts are complete when the first record arrives.
            _schedule ??= Begin();
            for (var i = from; i < to; i++)
            {
                var record = bytes[index.Start(i)..index.End(i)];
                var lane = BinaryPrimitives.ReadInt32LittleEndian(record);
                if (lane == _turn && _waiting[lane].Count == 0) Pass(record[Prefix..]);
                else _waiting[lane].Enqueue(record[Prefix..].ToArray());

                while (_turn >= 0 && _waiting[_turn].TryDequeue(out var waiting)) Pass(waiting);
            }
        }

        public void Finish() => next.Finish();

        public IReadOnlyList<PublishedFile> Publish() => next.Publish();

        public void Dispose() => next.Dispose();

        private FairSchedule Begin()
        {
            var schedule = new FairSchedule(order.Counts);
            _turn = schedule.Next();
            return schedule;
        }

        private void Pass(ReadOnlySpan<byte> record)
        {
            _index.Reset();
            _index.Add(record.Length, 0);
            next.Write(record, _index, 0, 1);
            _turn = _schedule!.Next(); // started with the first record
        }
    }
}
