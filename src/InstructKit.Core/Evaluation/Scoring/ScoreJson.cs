using System.Text.Encodings.Web;
using System.Text.Json;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>The report as JSON; figures that are undefined are null.</summary>
internal static class ScoreJson
{
    /// <summary>Indented UTF-8 with a final line feed.</summary>
    public static byte[] Write(ScoreReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("schema_version", 1);
            json.WriteString("profile", report.Profile.Name);
            json.WriteNumber("resamples", report.Request.Resamples);
            json.WriteNumber("confidence", report.Request.Confidence);
            json.WriteNumber("seed", report.Request.Seed);
            json.WriteStartObject("coverage");
            json.WriteNumber("rows", report.Coverage.Rows);
            json.WriteNumber("answered", report.Coverage.Answered);
            json.WriteNumber("failed", report.Coverage.Failed);
            json.WriteNumber("foreign", report.Coverage.Foreign);
            json.WriteNumber("excluded", report.Coverage.Excluded);
            json.WriteEndObject();
            json.WriteStartArray("unanswered");
            foreach (var tree in report.Unanswered) json.WriteStringValue(tree);
            json.WriteEndArray();
            json.WriteStartArray("variants");
            foreach (var variant in report.Variants) Write(json, variant);
            json.WriteEndArray();
            json.WriteStartArray("option_orders");
            foreach (var order in report.Orders) Write(json, order);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }

    private static void Write(Utf8JsonWriter json, VariantReport variant)
    {
        json.WriteStartObject();
        json.WriteString("variant", variant.Name);
        json.WriteStartArray("tasks");
        foreach (var task in variant.Tasks) Write(json, task);
        json.WriteEndArray();
        json.WriteStartArray("clusters");
        foreach (var cluster in variant.Clusters) Write(json, cluster);
        json.WriteEndArray();
        foreach (var (name, mean) in (ReadOnlySpan<(string, MeanReport?)>)[("mean_of_clusters", variant.OfClusters), ("mean_of_tasks", variant.OfTasks)])
        {
            json.WritePropertyName(name);
            if (mean is null) json.WriteNullValue();
            else Write(json, mean);
        }

        json.WriteStartArray("in_no_mean");
        foreach (var task in variant.Unbounded) json.WriteStringValue(task);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OrderReport order)
    {
        json.WriteStartObject();
        json.WriteString("task", order.Task);
        json.WriteString("variant", order.Variant);
        json.WriteStartArray("places");
        foreach (var (place, mean) in order.Places)
        {
            json.WriteStartObject();
            json.WriteNumber("place", place);
            Interval(json, "mean", mean);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("spread", order.Spread);
        json.WriteNumber("rows", order.Rows);
        json.WriteNumber("consistency", order.Consistency);
        json.WriteNumber("always_right", order.AlwaysRight);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MeanReport mean)
    {
        json.WriteStartObject();
        json.WriteString("name", mean.Name);
        json.WriteNumber("members", mean.Count);
        Interval(json, "mean", mean.Mean);
        Interval(json, "best_dev", mean.BestDev);
        if (mean.Difference is { } difference) Compared(json, "difference", difference);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TaskReport task)
    {
        json.WriteStartObject();
        json.WriteString("task", task.Task);
        json.WriteString("cluster", task.Cluster);
        json.WriteString("answers", task.IsRanked ? "ranked options" : "texts");
        json.WriteNumber("rows", task.Rows);
        json.WriteNumber("units", task.Units);
        json.WriteNumber("samples", task.Samples);
        json.WriteStartArray("metrics");
        foreach (var figure in task.Figures) Write(json, figure, task.Templates);
        json.WriteEndArray();
        json.WriteStartArray("templates");
        foreach (var template in task.Templates)
        {
            json.WriteStartObject();
            json.WriteString("template", template.Template);
            json.WriteNumber("rows", template.Rows);
            json.WriteNumber("expected", template.Expected);
            Number(json, "invalid", template.Invalid);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Number(json, "invalid", task.Invalid);
        Number(json, "majority_baseline", task.MajorityBaseline);
        Number(json, "random_baseline", task.RandomBaseline);
        json.WriteStartObject("robustness");
        Number(json, "consistency", task.Consistency);
        Number(json, "prompt_sensitivity", task.Sensitivity);
        Number(json, "spread", task.Primary.Max - task.Primary.Min);
        Number(json, "without_answer", task.Invalid);
        json.WriteEndObject();
        Choices(json, "positions", task.Positions);
        Choices(json, "labels", task.Labels);
        json.WriteStartArray("at_k");
        foreach (var k in task.AtK)
        {
            json.WriteStartObject();
            json.WriteNumber("k", k.K);
            Number(json, "pass", k.Pass);
            Number(json, "majority", k.Majority);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (task.Comparison is { } comparison)
        {
            json.WriteStartObject("comparison");
            Compared(json, "mean", comparison.Mean);
            if (comparison.BestDev is { } best) Compared(json, "best_dev", best);
            json.WriteStartArray("mcnemar");
            foreach (var (template, test) in comparison.Templates)
            {
                json.WriteStartObject();
                json.WriteString("template", template);
                json.WriteNumber("only_first", test.OnlyFirst);
                json.WriteNumber("only_second", test.OnlySecond);
                json.WriteNumber("p", test.P);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FigureReport figure, IReadOnlyList<TemplateReport> templates)
    {
        json.WriteStartObject();
        json.WriteString("metric", figure.Name);
        json.WriteString("signature", figure.Signature);
        Number(json, "perfect", figure.Perfect);
        json.WriteBoolean("higher_is_better", figure.HigherIsBetter);
        Interval(json, "mean", figure.Mean);
        Number(json, "standard_deviation", figure.Deviation);
        Number(json, "sample_deviation", figure.SampleDeviation);
        Number(json, "min", figure.Min);
        Number(json, "max", figure.Max);
        Interval(json, "best_dev", figure.BestDev);
        json.WriteString("best_dev_template", figure.BestDevTemplate);
        json.WriteStartArray("templates");
        for (var i = 0; i < templates.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("template", templates[i].Template);
            Interval(json, "test", figure.Templates[i]);
            Number(json, "dev", figure.Dev[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Choices(Utf8JsonWriter json, string name, IReadOnlyList<ChoiceCount> choices)
    {
        json.WriteStartArray(name);
        foreach (var choice in choices)
        {
            json.WriteStartObject();
            json.WriteString("name", choice.Name);
            Number(json, "chosen", choice.Chosen);
            Number(json, "gold", choice.Gold);
            Number(json, "recall", choice.Recall);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Compared(Utf8JsonWriter json, string name, PairedComparison comparison)
    {
        json.WriteStartObject(name);
        Number(json, "difference", comparison.Difference.Value);
        Number(json, "low", comparison.Difference.Low);
        Number(json, "high", comparison.Difference.High);
        Number(json, "p", comparison.P);
        json.WriteEndObject();
    }

    private static void Interval(Utf8JsonWriter json, string name, Interval? interval)
    {
        if (interval is not { } found)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        Number(json, "value", found.Value);
        Number(json, "low", found.Low);
        Number(json, "high", found.High);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
