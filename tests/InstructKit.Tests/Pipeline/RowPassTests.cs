using InstructKit.Pipeline;
using InstructKit.Sources;
using Xunit;

namespace InstructKit.Tests.Pipeline;

public sealed class RowPassTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Chunks_are_committed_in_the_order_of_the_input_and_numbered(int workers)
    {
        List<long> committed = [];
        using var reader = new NumberReader(chunks: 200, rowsOf: chunk => chunk % 5);
        var body = new Body(chunk =>
        {
            // Later chunks are often done first.
            Thread.SpinWait((int)(chunk.Ticket % 7) * 2000);
            return true;
        }, chunk =>
        {
            for (var row = 0; row < chunk.Batch.Count; row++) committed.Add(chunk.First + row);
            return true;
        });
        Assert.Equal(400, new RowPass<RowChunk>(reader, body, new PassOptions(workers, TestContext.Current.CancellationToken)).Run());
        Assert.Equal(Enumerable.Range(0, 400).Select(row => (long)row), committed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_first_error_in_the_input_is_the_one_reported_after_everything_before_it(int workers)
    {
        var rows = 0;
        using var reader = new NumberReader(chunks: 50, rowsOf: _ => 3, breakAt: 30);
        var body = new Body(_ => true, chunk =>
        {
            rows += chunk.Batch.Count;
            return true;
        });
        var failure = Assert.Throws<DiagnosticException>(() => new RowPass<RowChunk>(reader, body, new PassOptions(workers, TestContext.Current.CancellationToken)).Run());
        Assert.Equal(("IK3016", 90), (failure.Diagnostics[0].Code, rows));
    }

    [Fact]
    public void What_comes_after_the_last_wanted_row_does_not_matter_not_even_its_errors()
    {
        using var reader = new NumberReader(chunks: 50, rowsOf: _ => 3, breakAt: 2);
        var body = new Body(_ => true, chunk => chunk.First + chunk.Batch.Count < 6);
        new RowPass<RowChunk>(reader, body, new PassOptions(2, TestContext.Current.CancellationToken)).Run();
    }

    [Fact]
    public void A_worker_that_fails_ends_the_pass_with_its_exception()
    {
        using var reader = new NumberReader(chunks: 50, rowsOf: _ => 3);
        var body = new Body(chunk => chunk.Ticket == 20 ? throw new InvalidOperationException("here") : true, _ => true);
        Assert.Equal("here", Assert.Throws<InvalidOperationException>(() => new RowPass<RowChunk>(reader, body, new PassOptions(2, TestContext.Current.CancellationToken)).Run()).Message);
    }

    [Fact]
    public void A_worker_may_wait_for_its_turn_and_write_before_its_commit()
    {
        List<string> written = [];
        using var reader = new NumberReader(chunks: 40, rowsOf: _ => 1);
        RowPass<RowChunk>? pass = null;
        var body = new Body(chunk =>
        {
            if (chunk.Ticket % 3 == 0 && pass!.AwaitTurn(chunk)) written.Add($"{chunk.Ticket} early");
            return true;
        }, chunk =>
        {
            written.Add($"{chunk.Ticket}");
            return true;
        });
        pass = new RowPass<RowChunk>(reader, body, new PassOptions(2, TestContext.Current.CancellationToken));
        pass.Run();
        Assert.Equal(Enumerable.Range(0, 40).SelectMany(ticket => ticket % 3 == 0 ? [$"{ticket} early", $"{ticket}"] : (string[])[$"{ticket}"]), written);
    }

    [Fact]
    public void A_visitor_sees_rows_with_their_errors_until_it_has_enough()
    {
        List<(long, string?)> seen = [];
        using var reader = new NumberReader(chunks: 4, rowsOf: _ => 3, badRow: 4);
        RowPass.Visit(reader, (_, _, ordinal, error) =>
        {
            seen.Add((ordinal, error?.Code));
            return ordinal < 6;
        }, TestContext.Current.CancellationToken);
        Assert.Equal([(0, null), (1, null), (2, null), (3, null), (4, "IK3002"), (5, null), (6, null)], seen);
    }

    [Fact]
    public void A_pass_that_is_cancelled_says_so()
    {
        using var source = new CancellationTokenSource();
        using var reader = new NumberReader(chunks: int.MaxValue, rowsOf: _ => 1);
        var body = new Body(_ => true, chunk =>
        {
            if (chunk.Ticket == 100) source.Cancel();
            return true;
        });
        Assert.Throws<OperationCanceledException>(() => new RowPass<RowChunk>(reader, body, new PassOptions(2, source.Token)).Run());
    }

    private sealed class Body(Func<RowChunk, bool> work, Func<RowChunk, bool> commit) : IPassBody<RowChunk>
    {
        public RowChunk MakeChunk() => new(1);

        public Func<RowChunk, bool> MakeWorker(RowPass<RowChunk> pass) => work;

        public bool Commit(RowChunk chunk) => commit(chunk);
    }

    private sealed class NumberReader(int chunks, Func<int, int> rowsOf, int breakAt = -1, long badRow = -1) : RowReader
    {
        private int _chunk;
        private long _row;

        public override IReadOnlyList<string> Files => ["numbers"];

        public override IReadOnlyList<string> Columns => ["n"];

        public override bool ReadChunk(RowBatch batch)
        {
            batch.Reset();
            if (_chunk == breakAt) throw new DiagnosticException(new Diagnostic("IK3016", Severity.Error, "The archive ends here."));
            if (_chunk == chunks) return false;

            var rows = rowsOf(_chunk++);
            for (var i = 0; i < rows; i++, _row++)
            {
                batch.AddRow(new RowLocation(0, _row + 1, 0, 0));
                if (_row == badRow) batch.AddFault("IK3002", "bad");
            }

            return true;
        }

        public override void Parse(RowBatch batch)
        {
        }
    }
}
