using InstructKit.Evaluation.Metrics;
using InstructKit.Evaluation.Scoring;

namespace InstructKit.Cli.Output;

/// <summary>The human-readable report: a table of tasks and means, followed by notes.</summary>
internal static class ScoreOutput
{
    private static readonly TableColumn[] Columns =
    [
        new("task"), new("metric"), new("mean", true), new("interval"), new("sd", true), new("span"), new("best dev", true), new("invalid", true), new("majority", true), new("random", true), new("consistent", true),
    ];

    public static void Write(ScoreReport report, Terminal terminal, bool templates, bool published, IReadOnlyDictionary<string, double> beside)
    {
        foreach (var variant in report.Variants)
        {
            if (variant.Name.Length > 0) terminal.Text.WriteLine($"\n{variant.Name}:");

            List<IReadOnlyList<string>> rows = [];
            foreach (var task in variant.Tasks) rows.AddRange(RowsOf(task, templates));
            foreach (var mean in variant.Clusters.Append(variant.OfClusters).Append(variant.OfTasks).OfType<MeanReport>()) rows.Add(RowOf(mean));

            TextTable.Write(terminal, Columns, rows);
            foreach (var task in variant.Tasks.Where(task => task.AtK.Count > 0))
                terminal.Text.WriteLine($"{task.Task}: {string.Join(", ", task.AtK.Select(k => $"pass@{k.K} {Percent(k.Pass)}, majority@{k.K} {Percent(k.Majority)}"))}");

            if (templates) foreach (var line in variant.Tasks.SelectMany(BiasOf)) terminal.Text.WriteLine(line);

            WriteComparison(variant, terminal);
            if (variant.Unbounded.Count > 0) terminal.Say($"In no mean, because their score has no upper bound: {string.Join(", ", variant.Unbounded)}.");
        }

        WriteOrders(report, terminal);
        var coverage = report.Coverage;
        if (coverage.Answered < coverage.Rows || coverage.Foreign > 0)
        {
            terminal.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"Coverage: {coverage.Answered:N0} of {coverage.Rows:N0} rows have a prediction{(coverage.Failed > 0 ? $", {coverage.Failed:N0} requests failed" : string.Empty)}{(coverage.Foreign > 0 ? $"; {coverage.Foreign:N0} predictions are of rows that are in no set" : string.Empty)}."));
        }

        if (coverage.Excluded > 0) terminal.Say($"{Wording.Count(coverage.Excluded, "row")} left out by --exclude-ids.");
        if (report.Unanswered.Count > 0) terminal.Say($"Without any prediction, so left out: {string.Join(", ", report.Unanswered)}.");
        if (beside.Count > 0) WriteBeside(report, terminal, beside);
        if (published) WritePublished(report, terminal);
    }

    // How often answers differ between templates, and the chosen against the correct option.
    private static IEnumerable<string> BiasOf(TaskReport task)
    {
        if (task.Sensitivity is { } sensitivity) yield return $"{task.Task}: two templates disagree on {Percent(sensitivity)} of the rows";
        foreach (var (what, choices) in ((string, IReadOnlyList<ChoiceCount>)[])[("place", task.Positions), ("label", task.Labels)])
        {
            if (choices.Count > 0) yield return $"{task.Task}: chosen (right) by {what}: {string.Join(", ", choices.Select(choice => $"{choice.Name} {Percent(choice.Chosen)} ({Percent(choice.Gold)})"))}";
        }
    }

    private static void WriteOrders(ScoreReport report, Terminal terminal)
    {
        if (report.Orders.Count == 0) return;

        var most = report.Orders.Max(order => order.Places.Max(place => place.Place));
        TableColumn[] columns = [new("right option at place"), .. Enumerable.Range(1, most).Select(place => new TableColumn(Wording.Number(place), true)), new("spread", true), new("same option", true), new("always right", true)];
        terminal.Text.WriteLine();
        TextTable.Write(terminal, columns, report.Orders.Select(order => (IReadOnlyList<string>)
        [
            order.Variant.Length == 0 ? order.Task : $"{order.Task} ({order.Variant})",
            .. Enumerable.Range(1, most).Select(place => order.Places.Where(one => one.Place == place).Select(one => Score(one.Mean.Value)).FirstOrDefault("-")),
            Score(order.Spread), Percent(order.Consistency), Percent(order.AlwaysRight),
        ]));
    }

    private static IEnumerable<IReadOnlyList<string>> RowsOf(TaskReport task, bool templates)
    {
        for (var i = 0; i < task.Figures.Count; i++)
        {
            var figure = task.Figures[i];
            yield return
            [
                i == 0 ? task.Task : string.Empty, figure.Name, Score(figure.Mean.Value), Interval(figure.Mean), task.Templates.Count > 1 ? Score(figure.Deviation) : "-",
                $"{Score(figure.Min)}–{Score(figure.Max)}", figure.BestDev is { } best ? Score(best.Value) : "-",
                i == 0 ? Percent(task.Invalid) : string.Empty, i == 0 ? Score(task.MajorityBaseline) : string.Empty, i == 0 ? Score(task.RandomBaseline) : string.Empty, i == 0 ? Percent(task.Consistency) : string.Empty,
            ];
            if (!templates) continue;

            for (var t = 0; t < task.Templates.Count; t++)
            {
                yield return
                [
                    $"  {task.Templates[t].Template}{(task.Templates[t].Template == figure.BestDevTemplate ? " *" : string.Empty)}", string.Empty, Score(figure.Templates[t].Value), Interval(figure.Templates[t]),
                    string.Empty, string.Empty, Score(figure.Dev[t]), i == 0 ? Percent(task.Templates[t].Invalid) : string.Empty, string.Empty, string.Empty, string.Empty,
                ];
            }
        }
    }

    private static IReadOnlyList<string> RowOf(MeanReport mean) =>
    [
        $"= {mean.Name} ({mean.Count})", string.Empty, Score(mean.Mean.Value), Interval(mean.Mean), string.Empty, string.Empty, Score(mean.BestDev?.Value), string.Empty, string.Empty, string.Empty, string.Empty,
    ];

    private static void WriteComparison(VariantReport variant, Terminal terminal)
    {
        var compared = variant.Tasks.Where(task => task.Comparison is not null).ToList();
        if (compared.Count == 0) return;

        var rows = compared.Select(task => Difference(task.Task, task.Comparison!.Mean, McNemarOf(task.Comparison))) // filtered
            .Concat(variant.Clusters.Append(variant.OfClusters).OfType<MeanReport>().Where(mean => mean.Difference is not null).Select(mean => Difference($"= {mean.Name}", mean.Difference!.Value, string.Empty)));
        terminal.Text.WriteLine();
        TextTable.Write(terminal, [new("other run less this one"), new("difference", true), new("interval"), new("p", true), new("McNemar's p by template")], rows);
    }

    private static IReadOnlyList<string> Difference(string name, PairedComparison comparison, string tests) =>
        [name, Score(comparison.Difference.Value), Interval(comparison.Difference), comparison.P.ToString("0.0000", CultureInfo.InvariantCulture), tests];

    private static string McNemarOf(ComparisonReport comparison) =>
        string.Join(", ", comparison.Templates.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Template} {one.Test.P:0.000}")));

    private static void WriteBeside(ScoreReport report, Terminal terminal, IReadOnlyDictionary<string, double> figures)
    {
        var own = (report.Variants.FirstOrDefault(variant => variant.Name.Length == 0)?.Tasks ?? []).Where(task => figures.ContainsKey(task.Task)).ToList();
        var foreign = figures.Keys.Except(own.Select(task => task.Task)).ToList();
        if (own.Count > 0)
        {
            terminal.Text.WriteLine();
            TextTable.Write(
                terminal, [new("mean over templates, per cent"), new("yours", true), new("published", true), new("difference", true)],
                own.Select(task => (IReadOnlyList<string>)[task.Task, Score(PercentOf(task)), Score(figures[task.Task]), Score(PercentOf(task) - figures[task.Task])]));
        }

        if (foreign.Count > 0) terminal.Say($"Of --beside, not in this report: {string.Join(", ", foreign)}.");
    }

    private static double PercentOf(TaskReport task) => 100 * task.Primary.Mean.Value / task.Primary.Perfect;

    private static void WritePublished(ScoreReport report, Terminal terminal)
    {
        var main = report.Variants.FirstOrDefault(variant => variant.Name.Length == 0);
        terminal.Text.WriteLine();
        List<IReadOnlyList<string>> rows = [.. PublishedFigures.Flan.Select(figure => (IReadOnlyList<string>)[figure.Setting, Score(figure.Average)])];
        if (main?.OfClusters is { } own) rows.Insert(0, [$"yours, mean of {Wording.Count(own.Count, "cluster")}", Score(own.Mean.Value * 100 / report.Profile.Scale)]);
        TextTable.Write(terminal, [new("FLAN 137B (Wei et al. 2022), averages over inference, closed-book questions and commonsense"), new("average", true)], rows);
    }

    private static string Score(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("0.00", CultureInfo.InvariantCulture) : "-";

    private static string Percent(double? value) => value is { } number && double.IsFinite(number) ? (100 * number).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";

    private static string Interval(Interval interval) => double.IsFinite(interval.Low) ? $"{Score(interval.Low)}–{Score(interval.High)}" : "-";
}
