using InstructKit.Sinks;
using Xunit;

namespace InstructKit.Tests.Sinks;

/// <summary>The order of the shuffle is that of the keys, however much was spilled.</summary>
public sealed class ShuffleSinkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1 << 16)]
    [InlineData(64 << 20)]
    public void LinesComeInTheOrderOfTheirKeysAndEqualKeysInThatOfArrival(int memory)
    {
        var lines = Enumerable.Range(0, 5000).Select(i => (Key: ((ulong)(uint)(i * 7919 % 61) << 58) | (uint)(i % 5), Text: $"{{\"row\":{i},\"pad\":\"{new string('x', i % 900)}\"}}\n")).ToList();
        var expected = string.Concat(lines.Select((line, i) => (line, i)).OrderBy(pair => pair.line.Key).ThenBy(pair => pair.i).Select(pair => pair.line.Text));

        Assert.Equal(expected, Shuffle(lines, memory));
    }

    [Fact]
    public void ALineMayBeLargerThanABucketAndThanABlock()
    {
        List<(ulong Key, string Text)> lines = [(3UL << 60, "a\n"), (1UL << 60, new string('b', 3 << 20) + "\n"), (3UL << 60, "c\n"), (1UL << 60, "d\n")];

        Assert.Equal(lines[1].Text + lines[3].Text + lines[0].Text + lines[2].Text, Shuffle(lines, 1));
    }

    [Fact]
    public void NoLinesMakeNoFile()
    {
        Assert.Equal(string.Empty, Shuffle([], 1));
    }

    [Fact]
    public void Long_lines_are_never_held()
    {
        using var scratch = new ScratchFolder();
        using var sink = new ShuffleSink(new CollectingSink(), scratch.Path, 1 << 20);
        var line = Encoding.UTF8.GetBytes(new string('x', 1 << 20) + "\n");
        var block = new RecordIndex();
        block.Add(line.Length, 0);
        sink.Write(line, block, 0, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 64; i++)
        {
            block.Reset();
            block.Add(line.Length, (ulong)i * 0x9e3779b97f4a7c15);
            sink.Write(line, block, 0, 1);
        }

        // 63 MB were received; the buckets may hold 1 MB of them.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Long_lines_of_one_bucket_come_back_one_at_a_time()
    {
        using var scratch = new ScratchFolder();
        using var spill = File.OpenHandle(scratch.At("spill"), FileMode.Create, FileAccess.ReadWrite);
        var bucket = new ShuffleBucket { Count = 64 };
        var line = new byte[1 << 20];
        long spilled = 0;
        for (var i = 0; i < 64; i++)
        {
            line[0] = (byte)i;
            RandomAccess.Write(spill, line, spilled);
            bucket.LongLines.Add(new LongLine((ulong)(63 - i), spilled, line.Length, i));
            spilled += line.Length;
        }

        var sorted = new SortedBucket();
        var before = GC.GetAllocatedBytesForCurrentThread();
        sorted.Load(bucket, spill);
        for (var n = 0; n < 64; n++)
        {
            Assert.Equal((ulong)n, sorted.Key(n));
            Assert.Equal(63 - n, sorted.Line(n)[0]);
            Assert.Equal(line.Length, sorted.Line(n).Length);
        }

        // One line is held, not the 64 MB of the bucket.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1 << 20, 3 << 20);
    }

    [Fact]
    public void Long_and_short_lines_keep_their_order()
    {
        // Short ones before and after a long one of the same key, which is spilled immediately.
        List<(ulong Key, string Text)> lines = [(7, "a\n"), (7, new string('x', 5000) + "\n"), (7, "b\n"), (3, "c\n"), (7, new string('y', 6000) + "\n")];
        Assert.Equal($"c\na\n{new string('x', 5000)}\nb\n{new string('y', 6000)}\n", Shuffle(lines, 1));
    }

    [Fact]
    public void ASinkThatFailsInTheMiddleEndsTheReadingToo()
    {
        using var scratch = new ScratchFolder();
        using (var sink = new ShuffleSink(new CollectingSink { Room = 3 << 20 }, scratch.Path, 1 << 20))
        {
            var line = Encoding.UTF8.GetBytes(new string('x', 1 << 16) + "\n");
            var block = new RecordIndex();
            for (var i = 0; i < 200; i++)
            {
                block.Reset();
                block.Add(line.Length, (ulong)i * 0x9e3779b97f4a7c15);
                sink.Write(line, block, 0, 1);
            }

            Assert.Equal("full", Assert.Throws<IOException>(sink.Finish).Message);
        }

        Assert.Empty(Directory.GetFiles(scratch.Path));
    }

    private static string Shuffle(List<(ulong Key, string Text)> lines, int memory)
    {
        using var scratch = new ScratchFolder();
        var end = new CollectingSink();
        using var sink = new ShuffleSink(end, scratch.Path, memory);
        foreach (var chunk in lines.Chunk(97))
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(chunk.Select(line => line.Text)));
            var block = new RecordIndex();
            var at = 0;
            foreach (var (key, text) in chunk) block.Add(at += text.Length, key);

            sink.Write(bytes, block, 0, block.Count);
        }

        sink.Finish();
        Assert.True(end.IsFinished);
        Assert.Equal(lines.Count, end.Rows);
        Assert.Empty(Directory.GetFiles(scratch.Path));
        return end.Text.ToString();
    }

    private sealed class CollectingSink : IRecordSink
    {
        public StringBuilder Text { get; } = new();

        public int Room { get; init; } = int.MaxValue;

        public bool IsFinished { get; private set; }

        public long Rows { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
        {
            for (var i = from; i < to; i++) Text.Append(Encoding.UTF8.GetString(bytes[index.Start(i)..index.End(i)]));

            Rows += to - from;
            if (Text.Length > Room) throw new IOException("full");
        }

        public void Finish() => IsFinished = true;

        public IReadOnlyList<PublishedFile> Publish() => [];

        public void Dispose()
        {
        }
    }
}
