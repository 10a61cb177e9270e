using System.Security;

namespace InstructKit.Evaluation.Scoring;

/// <summary>The report as files for other tools: a table of all figures, a picture, test results for CI.</summary>
internal static class ScoreFiles
{
    private const int RowHeight = 26;
    private const int LabelWidth = 240;
    private const int ChartWidth = 420;

    /// <summary>CSV, one line for each figure of a template and each summary of a task.</summary>
    public static byte[] Csv(ScoreReport report)
    {
        var text = new StringBuilder("variant,cluster,task,metric,template,value,low,high,dev\n");
        foreach (var variant in report.Variants)
        {
            foreach (var task in variant.Tasks)
            {
                foreach (var figure in task.Figures)
                {
                    for (var i = 0; i < task.Templates.Count; i++) Line(task, figure.Name, task.Templates[i].Template, figure.Templates[i], figure.Dev[i]);
                    Line(task, figure.Name, "(mean)", figure.Mean, double.NaN);
                    if (figure.BestDev is { } best) Line(task, figure.Name, "(best dev)", best, double.NaN);
                }
            }

            foreach (var mean in variant.Clusters.Append(variant.OfClusters).Append(variant.OfTasks).OfType<MeanReport>())
                text.Append($"{Cell(variant.Name)},{Cell(mean.Name)},(mean of {mean.Count}),,,{Number(mean.Mean.Value)},{Number(mean.Mean.Low)},{Number(mean.Mean.High)},\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());

        void Line(TaskReport task, string metric, string template, Metrics.Interval value, double dev) =>
            text.Append($"{Cell(task.Variant)},{Cell(task.Cluster)},{Cell(task.Task)},{Cell(metric)},{Cell(template)},{Number(value.Value)},{Number(value.Low)},{Number(value.High)},{Number(dev)}\n");
    }

    /// <summary>SVG: for each task the mean as a bar with its interval, the templates as dots.</summary>
    public static byte[] Svg(ScoreReport report)
    {
        var tasks = report.Tasks.Where(task => !double.IsInfinity(task.Primary.Perfect)).ToList();
        var height = (tasks.Count + 1) * RowHeight + 24;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{LabelWidth + ChartWidth + 80}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        text.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (var tick = 0; tick <= 4; tick++)
        {
            var x = LabelWidth + ChartWidth * tick / 4.0;
            text.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x:0.#}\" y1=\"8\" x2=\"{x:0.#}\" y2=\"{height - 24}\" stroke=\"#ddd\"/><text x=\"{x:0.#}\" y=\"{height - 8}\" text-anchor=\"middle\">{tick * 25} %</text>\n");
        }

        for (var i = 0; i < tasks.Count; i++) Row(text, tasks[i], 10 + i * RowHeight);
        return Encoding.UTF8.GetBytes(text.Append("</svg>\n").ToString());
    }

    /// <summary>JUnit XML: a test case for each task, or for each check if there are any.</summary>
    public static byte[] JUnit(ScoreReport report, IReadOnlyList<ScoreCheck> checks)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        var cases = checks.Count > 0 ? checks : [.. report.Tasks.Select(task => new ScoreCheck(task.Task, task.Primary.Name, $"{Number(task.Primary.Mean.Value)}", true))];
        text.Append($"<testsuites>\n<testsuite name=\"instructkit score\" tests=\"{cases.Count}\" failures=\"{cases.Count(check => !check.Passed)}\">\n");
        foreach (var check in cases)
        {
            text.Append($"<testcase classname=\"{Escape(check.Task)}\" name=\"{Escape(check.Name)}\"");
            text.Append(check.Passed ? $"><system-out>{Escape(check.Message)}</system-out></testcase>\n" : $"><failure message=\"{Escape(check.Message)}\"/></testcase>\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("</testsuite>\n</testsuites>\n").ToString());
    }

    private static void Row(StringBuilder text, TaskReport task, int top)
    {
        var figure = task.Primary;
        double X(double value) => LabelWidth + ChartWidth * Math.Clamp(value / figure.Perfect, 0, 1);
        var middle = top + RowHeight / 2.0 - 3;
        var label = task.Variant.Length == 0 ? task.Task : $"{task.Task} ({task.Variant})";
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth - 8}\" y=\"{middle + 4:0.#}\" text-anchor=\"end\">{Escape(label)}</text>\n");
        if (!double.IsFinite(figure.Mean.Value)) return;

        text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LabelWidth}\" y=\"{top + 2}\" width=\"{X(figure.Mean.Value) - LabelWidth:0.##}\" height=\"{RowHeight - 10}\" fill=\"#9ecae1\"/>\n");
        if (double.IsFinite(figure.Mean.Low))
            text.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(figure.Mean.Low):0.##}\" y1=\"{middle:0.#}\" x2=\"{X(figure.Mean.High):0.##}\" y2=\"{middle:0.#}\" stroke=\"#3182bd\" stroke-width=\"2\"/>\n");
        foreach (var (template, score) in task.Templates.Zip(figure.Templates).Where(pair => double.IsFinite(pair.Second.Value)))
            text.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(score.Value):0.##}\" cy=\"{middle:0.#}\" r=\"3.5\" fill=\"#e6550d\" fill-opacity=\"0.75\"><title>{Escape(template.Template)}: {score.Value:0.##}</title></circle>\n");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth + ChartWidth + 8}\" y=\"{middle + 4:0.#}\">{figure.Mean.Value:0.##}</text>\n");
    }

    private static string Escape(string text) => SecurityElement.Escape(text);

    // A cell that a spreadsheet would interpret as a formula is written as text.
    private static string Cell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' ? $"'{text}" : text;
        return safe.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : string.Empty;
}

/// <summary>Published figures of Wei et al. 2022 for comparison: per cent, for a model with 137 billion parameters.</summary>
internal static class PublishedFigures
{
    /// <summary>Averages over held-out inference, closed-book questions and commonsense by training clusters, growing by one cluster at a time (the cluster
    /// ablation), and the effect of instructions in training and evaluation.</summary>
    public static IReadOnlyList<(string Setting, double Average)> Flan { get; } =
    [
        ("trained on 1 cluster (11 datasets): summarization", 49.9),
        ("2 clusters (20): + translation", 55.0),
        ("3 clusters (26): + reading comprehension", 59.3),
        ("4 clusters (30): + sentiment", 59.2),
        ("5 clusters (34): + struct to text", 60.8),
        ("6 clusters (37): + coreference", 61.9),
        ("7 clusters (39): + conversational QA", 63.5),
        ("instructions in training and evaluation, mean of four clusters", 55.2),
        ("no templates in training, instructions in evaluation", 37.3),
        ("names of datasets in training, instructions in evaluation", 46.6),
        ("names of datasets in training and evaluation", 47.0),
    ];
}
