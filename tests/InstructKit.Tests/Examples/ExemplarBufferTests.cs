using InstructKit.Examples;
using InstructKit.Protocol;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Examples;

/// <summary>Separators and ends as in FLAN's code, and the contents of a pool.</summary>
public sealed class ExemplarBufferTests
{
    [Theory]
    [InlineData("q", "0 q X 1 FLAN")]
    [InlineData(" q\n", "0  q\n X 1 FLAN")]
    public void A_query_without_exemplars_is_wrapped_as_FLAN_does_it(string query, string expected) => Assert.Equal(expected, Join(query, ExemplarSeparators.Flan));

    [Theory]
    [InlineData(" \t\nq \r\n ", "q")]
    [InlineData("a\\", "a\\")]
    [InlineData("a\\n", "a\\n")] // a backslash and an n, which is not white space
    [InlineData("a\\\n", "a\\")]
    [InlineData("a\\\\n\n\n", "a\\\\n")]
    [InlineData("\\n", "\\n")]
    public void Both_ends_are_trimmed_in_either_form(string query, string expected) => Assert.Equal(expected, Join(query, ExemplarSeparators.Plain));

    [Fact]
    public void A_pool_keeps_the_first_rows_whatever_the_order_in_which_they_come()
    {
        // 6,000 rows of 20 to 40 KB: 64 MB are reached long before 4,096 rows.
        var random = new KeyedHash(1, "test", "pool");
        var sizes = Enumerable.Range(0, 6000).Select(i => 20_000 + random.Choose(i, 20_000)).ToArray();
        var fits = Enumerable.Range(1, 6000).Last(count => sizes.Take(count).Sum(size => (long)size) <= ExemplarPool.MaxBytes);
        var forward = Fill(Enumerable.Range(0, 6000), sizes);
        var backward = Fill(Enumerable.Range(0, 6000).Reverse(), sizes);
        var mixed = Fill(Enumerable.Range(0, 6000).OrderBy(i => random[i, 1]), sizes);
        Assert.Equal(Enumerable.Range(0, fits).Select(i => (long)i), forward);
        Assert.Equal(forward, backward);
        Assert.Equal(forward, mixed);
    }

    [Fact]
    public void A_pool_has_at_most_4096_rows_and_none_that_is_longer_than_any_prompt()
    {
        var sizes = Enumerable.Range(0, 5000).Select(i => i % 10 == 0 ? ExemplarPool.MaxRowBytes + 1 : 10).ToArray();
        var kept = Fill(Enumerable.Range(0, 5000), sizes);
        Assert.Equal(Enumerable.Range(0, 5000).Where(i => i % 10 != 0).Take(ExemplarPool.MaxRows).Select(i => (long)i), kept);
    }

    [Fact]
    public void Candidates_are_every_row_once_in_an_order_of_their_own()
    {
        var pool = Pool(Enumerable.Range(0, 100), [.. Enumerable.Repeat(1, 100)], i => i % 3);
        var hash = new KeyedHash(1, "exemplars", "t");
        foreach (var draw in Enum.GetValues<ExemplarDraw>())
        {
            var first = All(draw, 0);
            Assert.Equal(Enumerable.Range(0, 100), first.Order());
            Assert.Equal(first, All(draw, 0));
            Assert.NotEqual(first, All(draw, 1));
        }

        var balanced = All(ExemplarDraw.Balanced, 5);
        for (var i = 0; i + 3 <= 99; i += 3) Assert.Equal(3, balanced.Skip(i).Take(3).Select(row => row % 3).Distinct().Count());

        List<int> All(ExemplarDraw draw, long row)
        {
            var candidates = new ExemplarCandidates();
            candidates.Begin(pool, draw, hash, row);
            List<int> given = [];
            while (candidates.Next() is >= 0 and var index) given.Add(index);
            return given;
        }
    }

    private static string Join(string query, ExemplarSeparators separators)
    {
        var texts = new[] { false, true }.Select(escaped =>
        {
            var input = new Utf8Output { JsonEscaped = escaped };
            input.AppendText(query);
            var output = new Utf8Output();
            new ExemplarBuffer(escaped).Join(new ExampleText(input.Written, escaped), separators, output);
            return new ExampleText(output.Written, escaped).ToString();
        }).ToList();
        Assert.Equal(texts[0], texts[1]);
        return texts[0];
    }

    private static List<long> Fill(IEnumerable<int> order, int[] sizes)
    {
        var pool = Pool(order, sizes, _ => 0);
        for (var i = 0; i < pool.Count; i++) Assert.Equal(sizes[pool.Ordinal(i)], pool.Batch.Row(i)[0].Length);
        return [.. Enumerable.Range(0, pool.Count).Select(pool.Ordinal)];
    }

    private static ExemplarPool Pool(IEnumerable<int> order, int[] sizes, Func<int, int> label)
    {
        var pool = new ExemplarPool("train", 1);
        var batch = new RowBatch(1);
        var bytes = new byte[sizes.Max()];
        foreach (var row in order)
        {
            batch.Reset();
            var start = batch.Append(bytes.AsSpan(0, sizes[row]));
            batch.AddRow(default)[0] = new Cell(CellKind.Text, start, sizes[row]);
            pool.Add(batch, 0, row, row, (UInt128)row, label(row));
        }

        pool.Complete();
        return pool;
    }
}
