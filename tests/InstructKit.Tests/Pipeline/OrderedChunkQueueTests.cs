using InstructKit.Pipeline;
using Xunit;

namespace InstructKit.Tests.Pipeline;

public sealed class OrderedChunkQueueTests
{
    [Fact]
    public void A_reader_waits_while_large_chunks_are_under_way()
    {
        using var queue = new OrderedChunkQueue<RowChunk>(() => new RowChunk(1), 3, _ => { });
        var first = queue.Rent()!;
        first.Batch.Append(new byte[40 << 20]);
        queue.Weigh(first);
        Assert.Equal(40 << 20, first.Weight);
        var waiting = new Thread(queue.AwaitRoom);
        waiting.Start();
        Assert.False(waiting.Join(50));
        queue.Submit(first);
        waiting.Join();
        Assert.Equal((0, 0, 0), (first.Weight, first.Batch.Used, first.Batch.Buffer.Length));
    }

    [Fact]
    public void Small_chunks_weigh_nothing_and_keep_their_buffers()
    {
        using var queue = new OrderedChunkQueue<RowChunk>(() => new RowChunk(1), 3, _ => { });
        for (var ticket = 0; ticket < 100; ticket++)
        {
            var chunk = queue.Rent()!;
            chunk.Ticket = ticket;
            chunk.Batch.Reset();
            chunk.Batch.Append(new byte[1 << 20]);
            queue.Weigh(chunk);
            Assert.Equal(0, chunk.Weight);
            queue.AwaitRoom();
            queue.Submit(chunk);
            Assert.InRange(chunk.Batch.Buffer.Length, 1 << 20, int.MaxValue);
        }
    }

    [Fact]
    public void Nobody_waits_for_room_in_a_queue_that_is_closed()
    {
        using var queue = new OrderedChunkQueue<RowChunk>(() => new RowChunk(1), 3, _ => { });
        var first = queue.Rent()!;
        first.Batch.Append(new byte[40 << 20]);
        queue.Weigh(first);
        queue.Close();
        queue.AwaitRoom();
        Assert.Null(queue.Rent());
    }
}
