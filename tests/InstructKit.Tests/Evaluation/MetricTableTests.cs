using InstructKit.Evaluation.Metrics;
using Xunit;

namespace InstructKit.Tests.Evaluation;

/// <summary>What holds for every metric of the table.</summary>
public sealed class MetricTableTests
{
    private static readonly string[] Odd =
    [
        "", " ", "\t\r\n\u001c\u0085\u00a0", "\0", "the", "a an the", ".", "...,,,---", "-\n-\n", "<skipped>&amp;lt;", "\ud83d\ude00", "\u0301\u0301", "İΣ ΑΣ ΑΣ.", "\u200d\ufeff",
        "𠀀𠀁 我爱 りの", "١٢٣ ½ ² Ⅳ", "nan", "inf", "1e999", "1_0", "_", "yyyy yyy", "ied", "s", new string('a', 3000), string.Concat(Enumerable.Repeat("ab c ", 700)), "x\ny\n\nz . w",
    ];

    public static TheoryData<string> Names => [.. MetricTable.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Odd_rows_give_figures_within_the_bounds(string name)
    {
        var metric = Create(name);
        var workspace = new MetricWorkspace();
        // A JSON reader cannot hand over lone surrogates, but bytes that are not UTF-8 may come from anywhere.
        byte[][] texts = [.. Odd.Select(Encoding.UTF8.GetBytes), [0xED, 0xA0, 0x80], [0xFF, 0xC4], [0xE2, 0x84], "\u212a"u8.ToArray()];
        foreach (var prediction in texts)
        {
            foreach (var reference in texts)
            {
                var table = new StatisticTable(metric.Width);
                metric.Measure(Row(prediction, [reference, "b"u8.ToArray()], 1), workspace, table.Add());
                foreach (var figure in Conclude(metric, table, [])) Assert.True(double.IsNaN(figure) || (figure >= metric.Lower && figure <= metric.Upper + 1e-9), $"{name}: {figure}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Statistics_do_not_depend_on_what_the_workspace_held(string name)
    {
        var metric = Create(name);
        var used = new MetricWorkspace();
        foreach (var (prediction, references, value) in Rows())
        {
            var (first, second) = (new double[metric.Width], new double[metric.Width]);
            metric.Measure(Row(prediction, references, value), used, first);
            metric.Measure(Row(prediction, references, value), new MetricWorkspace(), second);
            Assert.Equal(second, first);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_unit_that_counts_twice_is_as_good_as_two_equal_units(string name)
    {
        var metric = Create(name);
        var workspace = new MetricWorkspace();
        var (once, doubled) = (new StatisticTable(metric.Width), new StatisticTable(metric.Width));
        List<int> multiplicity = [];
        foreach (var (prediction, references, value) in Rows())
        {
            metric.Measure(Row(prediction, references, value), workspace, once.Add());
            multiplicity.Add(multiplicity.Count % 3);
            for (var i = 0; i < multiplicity[^1]; i++) metric.Measure(Row(prediction, references, value), workspace, doubled.Add());
        }

        var (expected, actual) = (Conclude(metric, doubled, []), Conclude(metric, once, [.. multiplicity]));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-9);
    }

    [Theory]
    [InlineData("accuracy")]
    [InlineData("exact_match")]
    [InlineData("squad")]
    [InlineData("coqa_official")]
    [InlineData("drop")]
    [InlineData("bleu_13a")]
    [InlineData("bleu_intl")]
    [InlineData("bleu_zh")]
    [InlineData("bleu_char")]
    [InlineData("bleu_none")]
    [InlineData("chrf")]
    [InlineData("chrf++")]
    [InlineData("rouge")]
    [InlineData("rouge_stem")]
    public void The_reference_itself_scores_best_and_any_other_text_less(string name)
    {
        var metric = Create(name);
        var text = "Quick brown foxes jump over lazy dogs today"u8.ToArray();
        foreach (var figure in ConcludeOne(metric, text, text)) Assert.Equal(metric.Upper, figure, 1e-9);
        foreach (var figure in ConcludeOne(metric, "Quick brown foxes sleep"u8.ToArray(), text)) Assert.True(figure < metric.Upper);
    }

    [Fact]
    public void Error_rates_are_zero_for_the_reference_itself()
    {
        var text = "Quick brown foxes"u8.ToArray();
        Assert.Equal([0], ConcludeOne(Create("ter"), text, text));
        Assert.False(Create("ter").HigherIsBetter);
        Assert.Equal([0, 0, 0, 0, 0], ConcludeOne(Create("edit_distance"), text, text));
        Assert.False(Create("edit_distance").HigherIsBetter);
    }

    [Fact]
    public void Every_metric_has_the_name_of_its_row()
    {
        foreach (var name in MetricTable.Names) Assert.Equal(name, MetricTable.Create(name).Name);
    }

    [Fact]
    public void Profiles_name_metrics_and_figures_that_exist()
    {
        string[] names = ["accuracy", "exact_match", "f1", "macro_f1", "squad_em", "squad_f1", "trivia_qa_em", "trivia_qa_f1", "rouge1", "rouge2", "rougeLsum", "bleu", "pearson",
            "spearman", "matthews_corrcoef", "edit_distance", "multirc_em", "multirc_f1a", "record_em", "record_f1"];
        foreach (var profile in MetricProfile.All)
        {
            foreach (var name in names)
            {
                foreach (var task in new[] { "drop", "coqa", "squad_v2", "trivia_qa", "natural_questions", "rte" })
                {
                    var computed = profile.Resolve(task, name);
                    if (computed is null)
                    {
                        Assert.DoesNotContain(name, profile.Only!);
                        continue;
                    }

                    Assert.Contains(computed.Figure, MetricTable.Create(computed.Metric).Figures);
                }
            }
        }
    }

    [Fact]
    public void Profiles_differ_where_the_references_do()
    {
        Assert.Equal(new ProfileMetric("squad", "f1"), MetricProfile.Find("flan-code")!.Resolve("drop", "squad_f1"));
        Assert.Equal(new ProfileMetric("drop", "f1"), MetricProfile.Find("official")!.Resolve("drop", "squad_f1"));
        Assert.Equal(new ProfileMetric("coqa_official", "em"), MetricProfile.Find("lm-eval")!.Resolve("coqa", "squad_em"));
        Assert.Equal(new ProfileMetric("bleu_intl", "bleu"), MetricProfile.Find("flan-code")!.Resolve("wmt14_enfr", "bleu"));
        Assert.Equal(new ProfileMetric("bleu_13a", "bleu"), MetricProfile.Find("lm-eval")!.Resolve("wmt14_enfr", "bleu"));
        Assert.Null(MetricProfile.Find("flan-paper")!.Resolve("drop", "squad_em"));
        Assert.Equal(["flan-code", "flan-paper", "official", "lm-eval"], MetricProfile.All.Select(static profile => profile.Name));
    }

    [Fact]
    public void A_normalisation_without_its_numbers_is_refused()
    {
        foreach (var (name, missing) in new[] { ("acc_token", "number of target tokens"), ("acc_norm", "text"), ("acc_bytes", "text"), ("acc_mutual_info", "unconditional") })
        {
            var metric = Create(name);
            var error = Assert.Throws<ArgumentException>(() => metric.Measure(new MetricRow { LogLikelihoods = new[] { -1.0, -2.0 } }, new MetricWorkspace(), new double[metric.Width]));
            Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        }
    }

    internal static Metric Create(string name) => MetricTable.Create(name, 3);

    internal static double[] Conclude(Metric metric, StatisticTable table, int[] multiplicity)
    {
        var figures = new double[metric.Figures.Count];
        metric.Conclude(table, multiplicity, figures);
        return figures;
    }

    private static double[] ConcludeOne(Metric metric, byte[] prediction, byte[] reference)
    {
        var table = new StatisticTable(metric.Width);
        metric.Measure(Row(prediction, [reference], 0), new MetricWorkspace(), table.Add());
        return Conclude(metric, table, []);
    }

    private static MetricRow Row(byte[] prediction, byte[][] references, int value) => new()
    {
        Prediction = prediction,
        References = references.Select(static reference => (ReadOnlyMemory<byte>)reference).ToArray(),
        PredictedValue = value - 1,
        ExpectedValue = value % 2,
        LogLikelihoods = new double[] { -1 - value, -2, -3 },
        Unconditional = new double[] { -5, -1 - value, -4 },
        OptionTokens = new[] { 1 + value, 2, 3 },
        Options = new ReadOnlyMemory<byte>[] { "yes"u8.ToArray(), "it is not possible to say"u8.ToArray(), "no"u8.ToArray() },
        CorrectOptions = new[] { value % 3 },
    };

    private static IEnumerable<(byte[] Prediction, byte[][] References, int Value)> Rows()
    {
        for (var i = 0; i < Odd.Length; i++)
            yield return (Encoding.UTF8.GetBytes(Odd[i]), [Encoding.UTF8.GetBytes(Odd[(i * 7 + 3) % Odd.Length]), Encoding.UTF8.GetBytes(Odd[(i * 5 + 1) % Odd.Length])], i % 4);
        for (var i = 0; i < 8; i++) yield return (Encoding.UTF8.GetBytes($"the quick fox number {i} runs over {i % 3} lazy dogs"), ["the quick brown fox runs over 2 lazy dogs"u8.ToArray()], i % 3);
    }
}
