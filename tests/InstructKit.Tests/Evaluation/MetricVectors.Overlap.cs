using System.Text.Json;
using InstructKit.Evaluation.Metrics;
using static InstructKit.Tests.Evaluation.VectorRow;

namespace InstructKit.Tests.Evaluation;

/// <summary>BLEU, chrF, TER and ROUGE, which count what a text shares with its references.</summary>
internal static partial class MetricVectors
{
    private static BleuOptions BleuOptionsOf(JsonElement row) => new()
    {
        Tokenizer = BleuTokenizer.Find(Option(row, "tokenize", "13a"))!,
        Smoothing = BleuSmoothing.All.Single(one => one.Name == Option(row, "smooth_method", "exp")),
        SmoothValue = Option(row, "smooth_value")?.GetDouble(),
        Lowercase = Option(row, "lowercase", false),
        EffectiveOrder = Option(row, "use_effective_order", false),
        MaxOrder = Option(row, "max_ngram_order", 4),
    };

    private static Dictionary<string, object?> ComputeBleu(JsonElement row, bool streams)
    {
        var metric = new Bleu("bleu", BleuOptionsOf(row));
        var table = Measure(metric, streams ? StreamPairs(row) : Pairs(row));
        var sums = new double[metric.Width];
        table.Sum([], sums);
        var score = metric.Score(sums);
        return new()
        {
            ["score"] = score.Score,
            ["bleu"] = score.Score,
            ["bp"] = score.BrevityPenalty,
            ["sys_len"] = score.SystemLength,
            ["ref_len"] = score.ReferenceLength,
            ["counts"] = score.Counts,
            ["totals"] = score.Totals,
            ["precisions"] = score.Precisions,
            ["signature_without_version"] = metric.Signature(Option(row, "nrefs", 1)),
        };
    }

    private static Dictionary<string, object?> ComputeChrf(JsonElement row)
    {
        var metric = new Chrf("chrf", new ChrfOptions
        {
            CharacterOrder = Option(row, "char_order", 6),
            WordOrder = Option(row, "word_order", 0),
            Beta = Option(row, "beta", 2),
            Lowercase = Option(row, "lowercase", false),
            Whitespace = Option(row, "whitespace", false),
            EpsilonSmoothing = Option(row, "eps_smoothing", false),
        });
        return new()
        {
            ["score"] = Figures(metric, Measure(metric, StreamPairs(row)))["chrf"],
            ["signature_without_version"] = metric.Signature(Option(row, "nrefs", 1)),
        };
    }

    private static TerOptions TerOptionsOf(JsonElement row) => new()
    {
        Normalized = Option(row, "normalized", false),
        NoPunctuation = Option(row, "no_punct", false),
        AsianSupport = Option(row, "asian_support", false),
        CaseSensitive = Option(row, "case_sensitive", false),
    };

    private static Dictionary<string, object?> ComputeTer(JsonElement row)
    {
        var metric = new Ter("ter", TerOptionsOf(row));
        var table = Measure(metric, StreamPairs(row));
        var sums = new double[metric.Width];
        table.Sum([], sums);
        return new()
        {
            ["score"] = Figures(metric, table)["ter"],
            ["num_edits"] = sums[0],
            ["ref_length"] = sums[1],
            ["signature_without_version"] = metric.Signature(Option(row, "nrefs", 1)),
        };
    }

    private static Dictionary<string, object?> ComputeRouge(JsonElement row)
    {
        var metric = new Rouge("rouge", new RougeOptions { Stem = Option(row, "use_stemmer", false) });
        var scores = new RougeScore[Rouge.Types.Length];
        metric.Score(Prediction(row), References(row)[0].Span, new MetricWorkspace(), scores);
        return Rouge.Types.Zip(scores).ToDictionary(static pair => pair.First, static pair => (object?)new Dictionary<string, object?>
        {
            ["precision"] = pair.Second.Precision,
            ["recall"] = pair.Second.Recall,
            ["fmeasure"] = pair.Second.F,
        });
    }

    private static Dictionary<string, object?> RougeMeans(JsonElement row, RougeOptions options) => Texts(new Rouge("rouge", options), row);
}
