using System.Text.Json;
using InstructKit.Evaluation.Metrics;
using InstructKit.Evaluation.Scoring;
using InstructKit.Templating.Values;
using static InstructKit.Tests.Evaluation.VectorRow;

namespace InstructKit.Tests.Evaluation;

/// <summary>Computes the metric of a vector row; a row is <c>{id, metric, prediction, references, options, expected}</c>.</summary>
internal static partial class MetricVectors
{
    /// <summary>Difference allowed between numbers, on the 0–100 scale.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>A line has the shape of a metric vector.</summary>
    public static bool IsVector(JsonElement row) => row.ValueKind == JsonValueKind.Object
        && row.TryGetProperty("id", out _) && row.TryGetProperty("metric", out var metric) && metric.ValueKind == JsonValueKind.String
        && row.TryGetProperty("prediction", out _) && row.TryGetProperty("references", out _)
        && row.TryGetProperty("options", out _) && row.TryGetProperty("expected", out var expected) && expected.ValueKind == JsonValueKind.Object;

    /// <summary>The differences between the expected and the computed members; empty when they agree.</summary>
    public static List<string> Check(JsonElement row)
    {
        var metric = row.GetProperty("metric").GetString()!;
        if (!Kinds.TryGetValue(metric, out var compute)) return [$"no metric '{metric}'"];
        List<string> differences = [];
        var actual = compute(row);
        foreach (var member in row.GetProperty("expected").EnumerateObject())
        {
            if (!actual.TryGetValue(member.Name, out var value)) differences.Add($"{member.Name}: not computed");
            else if (!Agrees(member.Value, value)) differences.Add($"{member.Name}: expected {member.Value}, got {Show(value)}");
        }

        return differences;
    }

    private static bool Agrees(JsonElement expected, object? actual) => expected.ValueKind switch
    {
        JsonValueKind.Null => actual is null or double.NaN,
        JsonValueKind.String when actual is double number => expected.GetString() == (double.IsPositiveInfinity(number) ? "inf" : double.IsNegativeInfinity(number) ? "-inf" : "nan")
            && !double.IsFinite(number),
        JsonValueKind.String => actual is string text && text == expected.GetString(),
        JsonValueKind.Number => actual is double value && Math.Abs(value - expected.GetDouble()) <= Tolerance,
        JsonValueKind.Array => actual is double[] values && values.Length == expected.GetArrayLength()
            && expected.EnumerateArray().Zip(values).All(static pair => Agrees(pair.First, pair.Second)),
        JsonValueKind.Object => actual is Dictionary<string, object?> members
            && expected.EnumerateObject().All(member => members.TryGetValue(member.Name, out var value) && Agrees(member.Value, value)),
        _ => false,
    };

    private static string Show(object? value) => value switch
    {
        double[] values => string.Join(", ", values),
        null => "null",
        _ => value.ToString() ?? "",
    };

    private static readonly Dictionary<string, Func<JsonElement, Dictionary<string, object?>>> Kinds = new(StringComparer.Ordinal)
    {
        ["squad_normalize"] = static row => Text(Normalized(AnswerNormalizer.Squad, row)),
        ["triviaqa_normalize"] = static row => Text(Normalized(AnswerNormalizer.TriviaQa, row)),
        ["drop_normalize"] = static row =>
        {
            var output = new GrowableBuffer<byte>();
            Drop.Normalize(Prediction(row), output, new MetricWorkspace());
            return Text(output.Items);
        },
        ["squad"] = static row => Texts(new AnswerMatch("squad", AnswerRules.Squad), row),
        ["trivia_qa"] = static row => Texts(new AnswerMatch("trivia_qa", AnswerRules.TriviaQa), row),
        // The vectors' rule keeps gold answers that normalise to nothing and uses every text literally.
        ["squad_v2"] = static row => Texts(new AnswerMatch("squad_v2", AnswerRules.SquadV2 with { DropsEmptyGolds = false, NoAnswer = null }), row),
        ["coqa_f1"] = static row => Texts(new AnswerMatch("coqa", AnswerRules.Coqa), row),
        ["coqa_official"] = static row => Texts(new AnswerMatch("coqa", AnswerRules.CoqaOfficial), row),
        ["exact_match"] = ComputeExactMatch,
        ["drop"] = ComputeDrop,
        ["accuracy"] = static row => Equality("accuracy", row),
        ["sequence_accuracy"] = static row => Equality("sequence_accuracy", row),
        ["f1_with_invalid"] = static row => Values("f1_with_invalid", row, 2, "f1"),
        ["mean_multiclass_f1"] = static row => Values("macro_f1", row, Option(row, "num_classes", 2), $"mean_{Option(row, "num_classes", 2)}class_f1"),
        ["matthews_corrcoef"] = static row => Values("matthews_corrcoef", row, 2, "matthews_corrcoef"),
        ["pearson_corrcoef"] = static row => Values("pearson", row, 2, "pearson_corrcoef"),
        ["spearman_corrcoef"] = static row => Values("spearman", row, 2, "spearman_corrcoef"),
        ["string_to_float"] = static row => new() { ["value"] = PythonFloat.TryParse(Prediction(row), out var value) ? value : Option(row, "default", -1.0) },
        ["multirc"] = ComputeMultiRc,
        ["record"] = ComputeRecord,
        ["rank_classification"] = ComputeRank,
        ["choice_index"] = ComputeChoice,
        ["wsc_simple"] = static row => new() { ["label"] = (double)WscSimple.Label(Prediction(row), References(row)[0].Span) },
        ["label_to_class_id"] = ComputeLabel,
        ["flan_continuation_clean"] = static row => Text(FlanContinuation.Clean(Prediction(row))),
        ["bleu_tokenize"] = ComputeTokens,
        ["bleu"] = static row => ComputeBleu(row, streams: true),
        ["bleu_t5"] = static row => ComputeBleu(row, streams: false),
        ["sentence_bleu"] = static row => ComputeBleu(row, streams: true),
        ["bleu_signature"] = static row => new() { ["signature_without_version"] = new Bleu("bleu", BleuOptionsOf(row)).Signature(Option(row, "nrefs", 1)) },
        ["chrf"] = ComputeChrf,
        ["sentence_chrf"] = ComputeChrf,
        ["chrf_signature"] = ComputeChrf,
        ["ter"] = ComputeTer,
        ["sentence_ter"] = ComputeTer,
        ["ter_signature"] = ComputeTer,
        ["ter_tokenize"] = static row =>
        {
            var (output, spare) = (new GrowableBuffer<byte>(), new GrowableBuffer<byte>());
            TercomTokenizer.Rewrite(Prediction(row), TerOptionsOf(row), output, spare);
            return Text(Spaced(output.Items));
        },
        ["rouge"] = ComputeRouge,
        ["rouge_mean_t5"] = static row => RougeMeans(row, new RougeOptions { Stem = Option(row, "use_stemmer", false), SplitsSentences = true }),
        ["rouge_multi_ref"] = static row => RougeMeans(row, new RougeOptions { SplitsSentences = true }),
        ["porter_stem"] = static row =>
        {
            var word = Prediction(row);
            return new() { ["stem"] = Encoding.UTF8.GetString(word.AsSpan(0, PorterStemmer.Stem(word))) };
        },
        ["edit_distance"] = ComputeEditDistance,
        ["template_aggregate"] = ComputeTemplates,
        ["cluster_macro_average"] = ComputeClusters,
        ["glue_style_average"] = static row => new()
        {
            ["average"] = Aggregation.Mean([.. row.GetProperty("prediction").EnumerateObject().GroupBy(static one => one.Name.Split('/')[0], static one => one.Value.GetDouble()).Select(static group => Aggregation.Mean([.. group]))]),
        },
        ["pass_at_k"] = static row => new() { ["value"] = Sampling.PassAt(Option(row, "n", 1), Option(row, "c", 0), Option(row, "k", 1)) },
        ["mcnemar"] = static row => new() { ["p"] = McNemar.Of(Option(row, "b", 0), Option(row, "c", 0)).P },
    };

    private static Dictionary<string, object?> Text(ReadOnlySpan<byte> text) => new() { ["text"] = Encoding.UTF8.GetString(text) };

    private static byte[] Normalized(AnswerNormalizer normalizer, JsonElement row)
    {
        var (output, spare) = (new GrowableBuffer<byte>(), new GrowableBuffer<byte>());
        normalizer.Normalize(Prediction(row), output, spare);
        return output.Items.ToArray();
    }

    private static Dictionary<string, object?> Figures(Metric metric, StatisticTable table)
    {
        var figures = new double[metric.Figures.Count];
        metric.Conclude(table, [], figures);
        return metric.Figures.Zip(figures).ToDictionary(static pair => pair.First, static pair => (object?)pair.Second);
    }

    private static Dictionary<string, object?> Texts(Metric metric, JsonElement row) => Figures(metric, Measure(metric, Pairs(row)));

    private static StatisticTable Measure(Metric metric, List<(byte[] Prediction, ReadOnlyMemory<byte>[] References)> pairs)
    {
        var (table, workspace) = (new StatisticTable(metric.Width), new MetricWorkspace());
        foreach (var (prediction, references) in pairs) metric.Measure(new MetricRow { Prediction = prediction, References = references }, workspace, table.Add());
        return table;
    }

    private static Dictionary<string, object?> Equality(string figure, JsonElement row) =>
        new() { [figure] = Texts(MetricTable.Create("accuracy"), row)["accuracy"] };

    private static Dictionary<string, object?> Values(string name, JsonElement row, int classes, string figure)
    {
        var metric = MetricTable.Create(name, classes);
        var (table, workspace) = (new StatisticTable(metric.Width), new MetricWorkspace());
        foreach (var (predicted, expected) in row.GetProperty("prediction").EnumerateArray().Zip(row.GetProperty("references").EnumerateArray()))
            metric.Measure(new MetricRow { PredictedValue = Number(predicted), ExpectedValue = Number(expected) }, workspace, table.Add());
        return new() { [figure] = Figures(metric, table)[metric.Figures[0]] };
    }

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : double.NaN;

    private static Dictionary<string, object?> ComputeExactMatch(JsonElement row)
    {
        var metric = new ExactMatch("exact_match", new ExactMatchOptions
        {
            IgnoreCase = Option(row, "ignore_case", false),
            IgnorePunctuation = Option(row, "ignore_punctuation", false),
            IgnoreNumbers = Option(row, "ignore_numbers", false),
            Deletions = [.. Option(row, "regexes_to_ignore")?.EnumerateArray().Select(static one => one.GetString()!) ?? []],
        });
        // The vectors' figures are fractions.
        return new() { ["exact_match"] = (double)Texts(metric, row)["exact_match"]! / 100 };
    }

    private static Dictionary<string, object?> ComputeDrop(JsonElement row)
    {
        var golds = row.GetProperty("references").EnumerateArray().Select(List).ToList();
        var score = Drop.Score(List(row.GetProperty("prediction")), golds.SelectMany(static gold => gold).ToArray(), golds.Select(static gold => gold.Length).ToArray(), new MetricWorkspace());
        return new() { ["em"] = 100 * score.ExactMatch, ["f1"] = 100 * score.F1 };
    }

    private static Dictionary<string, object?> ComputeMultiRc(JsonElement row)
    {
        var metric = MetricTable.Create("multirc");
        var workspace = new MetricWorkspace();
        var table = new StatisticTable(metric.Width);
        var rows = row.GetProperty("prediction").EnumerateArray().Zip(row.GetProperty("references").EnumerateArray());
        foreach (var group in rows.GroupBy(static pair => pair.Second.GetProperty("group").GetRawText()))
        {
            List<double> statistics = [];
            foreach (var (predicted, expected) in group)
            {
                var one = new double[metric.Width];
                metric.Measure(new MetricRow { PredictedValue = Number(predicted), ExpectedValue = Number(expected.GetProperty("value")) }, workspace, one);
                statistics.AddRange(one);
            }

            metric.Combine(statistics.ToArray(), table.Add());
        }

        var figures = Figures(metric, table);
        return new() { ["f1"] = figures["f1a"], ["exact_match"] = figures["em"] };
    }

    private static Dictionary<string, object?> ComputeRecord(JsonElement row)
    {
        var metric = MetricTable.Create("record");
        var table = new StatisticTable(metric.Width);
        var rows = row.GetProperty("prediction").EnumerateArray().Zip(row.GetProperty("references").EnumerateArray());
        foreach (var group in rows.GroupBy(static pair => pair.Second.GetProperty("group").GetRawText()))
        {
            var measured = Measure(metric, [.. group.Select(static pair => (Bytes(pair.First), List(pair.Second.GetProperty("value"))))]);
            metric.Combine(Enumerable.Range(0, measured.Count).SelectMany(i => measured[i].ToArray()).ToArray(), table.Add());
        }

        return Figures(metric, table);
    }

    private static Dictionary<string, object?> ComputeRank(JsonElement row)
    {
        var normalization = Option(row, "normalize_by_target_length", false) ? RankNormalization.PerToken : RankNormalization.Raw;
        var classes = Option(row, "num_classes", 0);
        Metric metric = classes == 0 ? new RankAccuracy("accuracy", normalization) : new RankF1("rank_f1", classes, normalization);
        var (table, workspace) = (new StatisticTable(metric.Width), new MetricWorkspace());
        var options = row.GetProperty("prediction").EnumerateArray().Zip(row.GetProperty("references").EnumerateArray())
            .Select(static pair => (Example: pair.Second.GetProperty("idx")[0].GetInt32(), Option: pair.Second.GetProperty("idx")[1].GetInt32(), Score: pair.First.GetDouble(), Row: pair.Second));
        foreach (var example in options.GroupBy(static one => one.Example).OrderBy(static group => group.Key))
        {
            var sorted = example.OrderBy(static one => one.Option).ToList();
            var scores = sorted.ConvertAll(static one => one.Score).ToArray();
            var lengths = sorted.ConvertAll(static one => one.Row.GetProperty("target_length").GetInt32()).ToArray();
            var correct = Enumerable.Range(0, sorted.Count).Where(i => sorted[i].Row.GetProperty("is_correct").GetBoolean()).ToArray();
            var chosen = normalization.Choose(new MetricRow { LogLikelihoods = scores, OptionTokens = lengths });
            metric.Measure(
                new MetricRow { LogLikelihoods = scores, OptionTokens = lengths, CorrectOptions = correct, Weight = sorted[chosen].Row.GetProperty("weight").GetDouble() },
                workspace, table.Add());
        }

        var figures = Figures(metric, table);
        if (classes > 2) figures[$"mean_{classes}class_f1"] = figures["mean_f1"];
        return figures;
    }

    private static Dictionary<string, object?> ComputeChoice(JsonElement row)
    {
        var scores = row.GetProperty("prediction").EnumerateArray().Select(static one => one.GetDouble()).ToArray();
        var input = new MetricRow { LogLikelihoods = scores, Options = References(row), CorrectOptions = new[] { Option(row, "gold", 0) } };
        Dictionary<string, object?> result = [];
        foreach (var (name, normalization) in new[] { ("acc", RankNormalization.Raw), ("acc_norm", RankNormalization.PerCharacter), ("acc_bytes", RankNormalization.PerByte) })
        {
            var chosen = normalization.Choose(input);
            result[$"{name}_index"] = (double)chosen;
            result[name] = chosen == Option(row, "gold", 0) ? 1.0 : 0;
        }

        return result;
    }

    private static Dictionary<string, object?> ComputeLabel(JsonElement row)
    {
        var labels = List(Option(row, "label_classes")!.Value);
        return new()
        {
            ["prediction"] = (double)ClassLabels.IndexOf(Prediction(row), labels, Option(row, "default", -1)),
            ["reference"] = (double)ClassLabels.IndexOf(References(row)[0].Span, labels, Option(row, "default", -1)),
        };
    }

    private static Dictionary<string, object?> ComputeTokens(JsonElement row)
    {
        var (output, spare) = (new GrowableBuffer<byte>(), new GrowableBuffer<byte>());
        var tokenizer = BleuTokenizer.Find(Option(row, "tokenize", "13a"))!;
        tokenizer.Rewrite(Prediction(row), output, spare);
        return Text(tokenizer.Name is "char" or "none" ? output.Items : Spaced(output.Items));
    }

    /// <summary>The tokens with one space between them.</summary>
    private static byte[] Spaced(ReadOnlySpan<byte> text)
    {
        var (tokens, table) = (new GrowableBuffer<int>(), new TokenTable());
        table.AddWords(text, tokens);
        List<string> words = [];
        foreach (var token in tokens.Items) words.Add(Encoding.UTF8.GetString(table[token]));
        return Encoding.UTF8.GetBytes(string.Join(' ', words));
    }

    private static Dictionary<string, object?> ComputeEditDistance(JsonElement row)
    {
        var metric = new EditDistance("edit_distance", Option(row, "lower", true));
        return Texts(metric, row).ToDictionary(static figure => $"{figure.Key}_edit", static figure => figure.Value);
    }

    private static Dictionary<string, object?> ComputeTemplates(JsonElement row)
    {
        var test = row.GetProperty("prediction").EnumerateArray().Select(static one => one.GetDouble()).ToArray();
        var dev = row.GetProperty("references").EnumerateArray().Select(static one => one.GetDouble()).ToArray();
        var (summary, best) = (TemplateSummary.Of(test), TaskSummary.BestDev(dev, [.. Enumerable.Range(0, dev.Length)], higherIsBetter: true));
        return new()
        {
            ["mean"] = summary.Mean,
            ["std_population"] = summary.PopulationDeviation,
            ["std_sample"] = summary.SampleDeviation,
            ["min"] = summary.Min,
            ["max"] = summary.Max,
            ["median"] = Aggregation.Median([.. test.Order()]),
            ["best_dev_template"] = (double)best,
            ["test_at_best_dev"] = best < 0 ? double.NaN : test[best],
        };
    }

    private static Dictionary<string, object?> ComputeClusters(JsonElement row)
    {
        var clusters = row.GetProperty("prediction").EnumerateObject()
            .ToDictionary(static cluster => cluster.Name, static cluster => cluster.Value.EnumerateObject().Select(static dataset => dataset.Value.GetDouble()).ToArray());
        return new()
        {
            ["clusters"] = clusters.ToDictionary(static cluster => cluster.Key, static cluster => (object?)Aggregation.Mean(cluster.Value)),
            ["macro_over_clusters"] = Aggregation.Mean([.. clusters.Values.Select(static cluster => Aggregation.Mean(cluster))]),
            ["mean_over_datasets"] = Aggregation.Mean([.. clusters.Values.SelectMany(static cluster => cluster)]),
        };
    }
}
