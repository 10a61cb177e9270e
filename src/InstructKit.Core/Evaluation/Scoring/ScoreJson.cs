using System.Text.Json;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>The report as JSON; undefined figures are null.</summary>
internal static class ScoreJson
{
    /// <summary>Indented UTF-8 with a final line feed.</summary>
    public static byte[] Write(ScoreReport report) => JsonWriting.Document(json => json
        .Put("schema_version", 1).Put("profile", report.Profile.Name).Put("resamples", report.Request.Resamples).Put("confidence", report.Request.Confidence).Put("seed", report.Request.Seed)
        .Object("coverage", () => json
            .Put("rows", report.Coverage.Rows).Put("answered", report.Coverage.Answered).Put("failed", report.Coverage.Failed).Put("foreign", report.Coverage.Foreign).Put("excluded", report.Coverage.Excluded))
        .Put("unanswered", report.Unanswered)
        .Objects("variants", report.Variants, variant => Write(json, variant))
        .Objects("option_orders", report.Orders, order => json
            .Put("task", order.Task).Put("variant", order.Variant).Objects("places", order.Places, place => Interval(json.Put("place", place.Place), "mean", place.Mean))
            .Put("spread", order.Spread).Put("rows", order.Rows).Put("consistency", order.Consistency).Put("always_right", order.AlwaysRight)));

    private static void Write(Utf8JsonWriter json, VariantReport variant)
    {
        json.Put("variant", variant.Name).Objects("tasks", variant.Tasks, task => Write(json, task)).Objects("clusters", variant.Clusters, cluster => Write(json, cluster));
        foreach (var (name, mean) in (ReadOnlySpan<(string, MeanReport?)>)[("mean_of_clusters", variant.OfClusters), ("mean_of_tasks", variant.OfTasks)])
        {
            if (mean is null) json.WriteNull(name);
            else json.Object(name, () => Write(json, mean));
        }

        json.Put("in_no_mean", variant.Unbounded);
    }

    private static void Write(Utf8JsonWriter json, MeanReport mean)
    {
        json.Put("name", mean.Name).Put("members", mean.Count);
        Interval(json, "mean", mean.Mean);
        Interval(json, "best_dev", mean.BestDev);
        if (mean.Difference is { } difference) Compared(json, "difference", difference);
    }

    private static void Write(Utf8JsonWriter json, TaskReport task)
    {
        json.Put("task", task.Task).Put("cluster", task.Cluster).Put("answers", task.IsRanked ? "ranked options" : "texts").Put("rows", task.Rows).Put("units", task.Units).Put("samples", task.Samples);
        json.Objects("metrics", task.Figures, figure => Write(json, figure, task.Templates));
        json.Objects("templates", task.Templates, template => json.Put("template", template.Template).Put("rows", template.Rows).Put("expected", template.Expected).Put("invalid", template.Invalid));
        json.Put("invalid", task.Invalid).Put("majority_baseline", task.MajorityBaseline).Put("random_baseline", task.RandomBaseline);
        json.Object("robustness", () => json
            .Put("consistency", task.Consistency).Put("prompt_sensitivity", task.Sensitivity).Put("spread", task.Primary.Max - task.Primary.Min).Put("without_answer", task.Invalid));
        foreach (var (name, choices) in (ReadOnlySpan<(string, IReadOnlyList<ChoiceCount>)>)[("positions", task.Positions), ("labels", task.Labels)])
            json.Objects(name, choices, choice => json.Put("name", choice.Name).Put("chosen", choice.Chosen).Put("gold", choice.Gold).Put("recall", choice.Recall));
        json.Objects("at_k", task.AtK, k => json.Put("k", k.K).Put("pass", k.Pass).Put("majority", k.Majority));
        if (task.Comparison is not { } comparison) return;

        json.Object("comparison", () =>
        {
            Compared(json, "mean", comparison.Mean);
            if (comparison.BestDev is { } best) Compared(json, "best_dev", best);
            json.Objects("mcnemar", comparison.Templates, one => json
                .Put("template", one.Template).Put("only_first", one.Test.OnlyFirst).Put("only_second", one.Test.OnlySecond).Put("p", one.Test.P));
        });
    }

    private static void Write(Utf8JsonWriter json, FigureReport figure, IReadOnlyList<TemplateReport> templates)
    {
        json.Put("metric", figure.Name).Put("signature", figure.Signature).Put("perfect", figure.Perfect).Put("higher_is_better", figure.HigherIsBetter);
        Interval(json, "mean", figure.Mean);
        json.Put("standard_deviation", figure.Deviation).Put("sample_deviation", figure.SampleDeviation).Put("min", figure.Min).Put("max", figure.Max);
        Interval(json, "best_dev", figure.BestDev);
        json.Put("best_dev_template", figure.BestDevTemplate);
        json.Objects("templates", templates.Index(), one =>
        {
            Interval(json.Put("template", one.Item.Template), "test", figure.Templates[one.Index]);
            json.Put("dev", figure.Dev[one.Index]);
        });
    }

    private static void Compared(Utf8JsonWriter json, string name, PairedComparison comparison) => json.Object(name, () => json
        .Put("difference", comparison.Difference.Value).Put("low", comparison.Difference.Low).Put("high", comparison.Difference.High).Put("p", comparison.P));

    private static void Interval(Utf8JsonWriter json, string name, Interval? interval)
    {
        if (interval is { } found) json.Object(name, () => json.Put("value", found.Value).Put("low", found.Low).Put("high", found.High));
        else json.WriteNull(name);
    }
}
