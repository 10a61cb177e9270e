using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sinks;

/// <summary>
/// Puts lines into the order of their keys with bounded memory: a line goes to one of 1,024 buckets by the top bits of its key; full buckets are
/// spilled to one temporary file; at the end bucket after bucket is loaded, sorted and passed on. The order depends on the keys alone (ties
/// keep the order of arrival), not on how much was spilled.
/// </summary>
public sealed class ShuffleSink : ILineSink
{
    private const int BucketBits = 10;
    private const int StageBytes = 1 << 19;

    private readonly ILineSink _next;
    private readonly string _folder;
    private readonly ShuffleBucket[] _buckets = new ShuffleBucket[1 << BucketBits];
    private SafeFileHandle? _spill;
    private long _spilled;

    /// <summary>Makes a sink before another.</summary>
    /// <param name="next">Where the ordered lines go.</param>
    /// <param name="folder">Folder of the temporary file, on the disk of the output.</param>
    /// <param name="memory">Bytes of lines to hold before spilling.</param>
    public ShuffleSink(ILineSink next, string folder, int memory = 32 << 20)
    {
        _next = next;
        _folder = folder;
        var capacity = Math.Max(4096, memory >> BucketBits);
        for (var i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] = new ShuffleBucket(capacity);
        }
    }

    /// <inheritdoc/>
    public long Rows { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, LineBlock lines, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var key = lines.Key(i);
            var line = bytes[lines.Start(i)..lines.End(i)];
            var bucket = _buckets[key >> (64 - BucketBits)];
            if (bucket.IsFullFor(line))
            {
                Spill(bucket);
            }

            bucket.Add(key, line);
        }

        Rows += to - from;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        // The next bucket is read and sorted while this one is hashed and written.
        var (current, other) = (new SortedBucket(), new SortedBucket());
        var stage = new byte[StageBytes];
        var block = new LineBlock();
        var staged = 0;
        var loading = Load(current, 0);
        for (var i = 0; i < _buckets.Length; i++)
        {
            loading.GetAwaiter().GetResult();
            loading = i + 1 < _buckets.Length ? Load(other, i + 1) : loading;
            for (var n = 0; n < current.Count; n++)
            {
                var line = current.Line(n);
                if (staged + line.Length > stage.Length)
                {
                    _next.Write(stage, block, 0, block.Count);
                    block.Reset();
                    staged = 0;
                    stage = line.Length > stage.Length ? new byte[line.Length] : stage;
                }

                line.CopyTo(stage.AsSpan(staged));
                staged += line.Length;
                block.Add(staged, current.Key(n));
            }

            (current, other) = (other, current);
        }

        _next.Write(stage, block, 0, block.Count);
        CloseSpill();
        _next.Finish();
    }

    /// <inheritdoc/>
    public IReadOnlyList<PublishedFile> Publish() => _next.Publish();

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseSpill();
        _next.Dispose();
    }

    private System.Threading.Tasks.Task Load(SortedBucket into, int bucket) => System.Threading.Tasks.Task.Run(() => into.Load(_buckets[bucket], _spill));

    private void Spill(ShuffleBucket bucket)
    {
        _spill ??= File.OpenHandle(
            Path.Combine(_folder, $".shuffle.{Environment.ProcessId}.tmp"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        _spilled += bucket.SpillTo(_spill, _spilled);
    }

    private void CloseSpill()
    {
        _spill?.Dispose();
        _spill = null;
    }
}
