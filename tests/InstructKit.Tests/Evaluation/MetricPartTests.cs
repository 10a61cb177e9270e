using InstructKit.Evaluation.Metrics;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Evaluation;

/// <summary>The parts of metrics compared with straightforward computations.</summary>
public sealed class MetricPartTests
{
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(1)]
    public void Subsequences_and_their_trace_equal_the_full_table(long maxWords)
    {
        var random = new Random(11);
        var subsequence = new LongestCommonSubsequence(maxWords);
        for (var round = 0; round < 300; round++)
        {
            var tokens = random.Next(1, 12);
            var rows = Enumerable.Range(0, random.Next(0, 90)).Select(_ => random.Next(tokens)).ToArray();
            var columns = Enumerable.Range(0, random.Next(0, 200)).Select(_ => random.Next(tokens)).ToArray();
            var (length, expected) = Trace(rows, columns);
            var marks = new bool[rows.Length];
            subsequence.Mark(rows, columns, tokens, marks);
            Assert.Equal(expected, marks);
            Assert.Equal(length, subsequence.Length(rows, columns, tokens));
        }
    }

    [Fact]
    public void Ngram_matches_equal_those_of_dictionaries()
    {
        var random = new Random(12);
        var table = new NgramTable();
        for (var round = 0; round < 60; round++)
        {
            var size = round == 0 ? 4000 : 60;
            int[] Tokens() => [.. Enumerable.Range(0, random.Next(size)).Select(_ => random.Next(round % 5 + 2))];
            int[][] references = [Tokens(), Tokens(), Tokens()];
            var prediction = Tokens();
            table.Clear();
            foreach (var reference in references) table.AddReference(reference, 4);
            var matches = new double[4];
            table.Match(prediction, matches);
            for (var n = 1; n <= 4; n++)
            {
                var limits = references.SelectMany(reference => Count(reference, n)).GroupBy(static gram => gram.Key).ToDictionary(static group => group.Key, static group => group.Max(gram => gram.Value));
                Assert.Equal(Count(prediction, n).Sum(gram => Math.Min(gram.Value, limits.GetValueOrDefault(gram.Key))), matches[n - 1]);
            }
        }
    }

    [Fact]
    public void Ngram_matches_by_places_equal_those_of_the_table()
    {
        var random = new Random(13);
        var table = new NgramTable();
        for (var round = 0; round < 400; round++)
        {
            var order = 1 + (round % NgramBits.MaxOrder);
            int[] Tokens(int most) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => random.Next((round % 7) + 1))];
            int[][] references = [.. Enumerable.Range(0, 1 + (round % 3)).Select(_ => Tokens(NgramBits.MaxTokens))];
            var prediction = Tokens(150);
            table.Clear();
            var (places, found) = (new ulong[7], new byte[prediction.Length]);
            foreach (var reference in references)
            {
                table.AddReference(reference, order);
                NgramBits.Match(prediction, reference, order, places, found);
            }

            var (expected, matches) = (new double[order], new double[order]);
            table.Match(prediction, expected);
            NgramBits.Count(found, matches);
            Assert.Equal(expected, matches);
            Assert.All(places, place => Assert.Equal(0UL, place));
        }
    }

    [Theory]
    [InlineData("13a")]
    [InlineData("intl")]
    public void Tokens_found_in_one_pass_are_those_of_the_substitutions(string name)
    {
        var random = new Random(14);
        var tokenizer = BleuTokenizer.Find(name)!;
        string[] pieces = [.. "a B 5 7 . , - ' \" ! ( ) % $ + ~ _ / : é ü × ÷ Ж ß".Split(' '), " ", " ", "  ", "\t", "\u001f", "\u00a0", "\u2003", "“", "€", "中", "word", "12.5", "3,000", "U.S.", "1990-95", "&amp;", "<", "\n"];
        var (split, rewritten) = (0, new GrowableBuffer<byte>());
        var (spare, found, expected) = (new GrowableBuffer<byte>(), new GrowableBuffer<int>(), new GrowableBuffer<int>());
        for (var round = 0; round < 20_000; round++)
        {
            var table = new TokenTable();
            var text = PythonCharacters.TrimEnd(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)]))));
            found.Clear();
            found.Add(-7);
            if (!tokenizer.TrySplit(text, table, found))
            {
                Assert.Equal([-7], found.Items.ToArray());
                continue;
            }

            split++;
            tokenizer.Rewrite(text, rewritten, spare);
            expected.Clear();
            expected.Add(-7);
            table.AddWords(rewritten.Items, expected);
            Assert.True(expected.Items.SequenceEqual(found.Items), Encoding.UTF8.GetString(text));
        }

        Assert.True(split > 5_000);
    }

    [Fact]
    public void Tokens_keep_their_numbers_when_the_table_grows_and_lose_them_when_it_is_cleared()
    {
        var table = new TokenTable();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 5000; i++) Assert.Equal(i, table.Add(Encoding.UTF8.GetBytes($"token-{round}-{i}")));
            for (var i = 0; i < 5000; i++) Assert.Equal(i, table.Add(Encoding.UTF8.GetBytes($"token-{round}-{i}")));
            Assert.Equal($"token-{round}-77", Encoding.UTF8.GetString(table[77]));
            table.Clear();
            Assert.Equal(0, table.Count);
        }
    }

    [Fact]
    public void The_best_assignment_is_that_of_trying_all()
    {
        var random = new Random(13);
        for (var round = 0; round < 200; round++)
        {
            var (rows, columns) = (random.Next(1, 6), random.Next(1, 6));
            var scores = Enumerable.Range(0, rows * columns).Select(_ => random.Next(5) / 4.0).ToArray();
            Assert.Equal(BestFrom(scores, rows, columns, 0, []), Assignment.Maximize(scores, rows, columns), 1e-12);
        }
    }

    [Fact]
    public void Leaving_out_each_gold_equals_doing_so()
    {
        var random = new Random(14);
        string[] words = ["red", "green", "blue", "dog"];
        var (official, plain) = (new AnswerMatch("o", AnswerRules.CoqaOfficial), new AnswerMatch("p", AnswerRules.Coqa));
        var workspace = new MetricWorkspace();
        for (var round = 0; round < 200; round++)
        {
            ReadOnlyMemory<byte> Text() => Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, random.Next(0, 4)).Select(_ => words[random.Next(4)])));
            var golds = Enumerable.Range(0, random.Next(2, 5)).Select(_ => Text()).ToArray();
            var prediction = Text().ToArray();
            var left = golds.Select((_, i) => plain.Score(prediction, golds.Where((_, j) => j != i).ToArray(), workspace)).ToList();
            var actual = official.Score(prediction, golds, workspace);
            Assert.Equal(left.Average(static score => score.F1), actual.F1, 1e-12);
            Assert.Equal(left.Average(static score => score.ExactMatch), actual.ExactMatch, 1e-12);
        }
    }

    [Fact]
    public void Empty_golds_are_dropped_by_the_script_of_SQuAD_2()
    {
        ReadOnlyMemory<byte>[] golds = ["the"u8.ToArray(), "cat"u8.ToArray()];
        Assert.Equal(new AnswerScore(0, 0), new AnswerMatch("s", AnswerRules.SquadV2).Score([], golds, new MetricWorkspace()));
        Assert.Equal(new AnswerScore(1, 1), new AnswerMatch("s", AnswerRules.SquadV2).Score([], golds.AsSpan(0, 1), new MetricWorkspace()));
    }

    [Fact]
    public void FLANs_unanswerable_is_the_empty_answer_of_SQuAD_2()
    {
        var metric = new AnswerMatch("s", AnswerRules.SquadV2);
        ReadOnlyMemory<byte>[] none = ["unanswerable"u8.ToArray()];
        Assert.Equal(new AnswerScore(1, 1), metric.Score("Unanswerable."u8, none, new MetricWorkspace()));
        Assert.Equal(new AnswerScore(1, 1), metric.Score("unanswerable"u8, [], new MetricWorkspace()));
        Assert.Equal(new AnswerScore(0, 0), metric.Score("unanswerable question"u8, none, new MetricWorkspace()));
    }

    // Expected: CPython 3.11.
    [Theory]
    [InlineData("5", "5.0")]
    [InlineData("-0", "-0.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("9999999999999998", "9999999999999998.0")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("1.5e300", "1.5e+300")]
    [InlineData("123456789.125", "123456789.125")]
    [InlineData("1e999", "inf")]
    [InlineData("-inf", "-inf")]
    [InlineData("nAn", "nan")]
    [InlineData("0.1", "0.1")]
    [InlineData(" +.5 ", "0.5")]
    [InlineData("5.", "5.0")]
    [InlineData("٣١", "31.0")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("2.9802322387695312e-08", "2.9802322387695312e-08")]
    [InlineData("1_0.2_5", "10.25")]
    public void Numbers_are_read_and_written_as_Python_does(string text, string expected)
    {
        Assert.True(PythonFloat.TryParse(Encoding.UTF8.GetBytes(text), out var value));
        var output = new byte[FloatText.MaxLength];
        Assert.Equal(expected, Encoding.UTF8.GetString(output.AsSpan(0, FloatText.Format(value, output))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1_")]
    [InlineData("_1")]
    [InlineData("1__0")]
    [InlineData("1e")]
    [InlineData("0x10")]
    [InlineData("1,0")]
    [InlineData("--1")]
    [InlineData("+-inf")]
    [InlineData("1_.5")]
    [InlineData("½")]
    [InlineData("infinit")]
    [InlineData("1 0")]
    [InlineData("(1)")]
    public void What_Python_does_not_read_as_a_number_is_none(string text) => Assert.False(PythonFloat.TryParse(Encoding.UTF8.GetBytes(text), out _));

    // Expected: CPython 3.11.
    [Theory]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ΑΣ.", "ας.")]
    [InlineData("ΑΣ'Β", "ασ'β")]
    [InlineData("Σ", "σ")]
    [InlineData("ΑΣ\u0301 Σ", "ας\u0301 σ")]
    [InlineData("İX\u212aẞȺ", "i\u0307xkßⱥ")]
    public void Text_is_lower_cased_as_Python_does(string text, string expected)
    {
        Assert.Equal(expected, Encoding.UTF8.GetString(PythonCharacters.Lower(Encoding.UTF8.GetBytes(text), new GrowableBuffer<byte>())));
    }

    // Expected: CPython's round(x, 2); the ties are exact in binary.
    [Theory]
    [InlineData(0.625, 0.62)]
    [InlineData(0.375, 0.38)]
    [InlineData(0.125, 0.12)]
    [InlineData(0.875, 0.88)]
    [InlineData(0.005, 0.01)]
    [InlineData(0.285, 0.28)]
    [InlineData(0.5555555555555556, 0.56)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void Rounding_looks_at_the_exact_binary_value(double value, double expected) => Assert.Equal(expected, Drop.RoundToHundredths(value));

    [Fact]
    public void Long_texts_stay_within_memory_and_finish()
    {
        var random = new Random(15);
        byte[] Text(int words) => Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, words).Select(_ => $"w{random.Next(2000)}")));
        var workspace = new MetricWorkspace();
        foreach (var (name, words) in new[] { ("bleu_13a", 50_000), ("chrf++", 20_000), ("rouge_stem", 6_000), ("ter", 600), ("edit_distance", 3_000), ("squad", 50_000) })
        {
            var metric = MetricTableTests.Create(name);
            var row = new MetricRow { Prediction = Text(words), References = new ReadOnlyMemory<byte>[] { Text(words) } };
            var before = GC.GetAllocatedBytesForCurrentThread();
            metric.Measure(row, workspace, new double[metric.Width]);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
        }
    }

    private static (int Length, bool[] Marks) Trace(int[] rows, int[] columns)
    {
        var table = new int[rows.Length + 1, columns.Length + 1];
        for (var i = 1; i <= rows.Length; i++)
        {
            for (var j = 1; j <= columns.Length; j++)
                table[i, j] = rows[i - 1] == columns[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        }

        var marks = new bool[rows.Length];
        for (var (i, j) = (rows.Length, columns.Length); i > 0 && j > 0;)
        {
            if (rows[i - 1] == columns[j - 1])
            {
                marks[--i] = true;
                j--;
            }
            else if (table[i, j - 1] > table[i - 1, j]) j--;
            else i--;
        }

        return (table[rows.Length, columns.Length], marks);
    }

    private static Dictionary<string, int> Count(int[] tokens, int order)
    {
        Dictionary<string, int> counts = [];
        for (var i = 0; i + order <= tokens.Length; i++)
        {
            var gram = string.Join(' ', tokens[i..(i + order)]);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }

    private static double BestFrom(double[] scores, int rows, int columns, int row, HashSet<int> used)
    {
        if (row == rows) return 0;
        var best = BestFrom(scores, rows, columns, row + 1, used);
        for (var column = 0; column < columns; column++)
        {
            if (!used.Add(column)) continue;
            best = Math.Max(best, scores[row * columns + column] + BestFrom(scores, rows, columns, row + 1, used));
            used.Remove(column);
        }

        return best;
    }
}
