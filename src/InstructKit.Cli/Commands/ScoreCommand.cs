using System.Text.Json;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Evaluation.Metrics;
using InstructKit.Evaluation.Scoring;
using InstructKit.Sources.Files;

namespace InstructKit.Cli.Commands;

/// <summary>Scores predictions.</summary>
internal sealed class ScoreCommand : CliCommand
{
    private static readonly string[] Readings = ["contract", "literal", "continuation"];

    private readonly Argument<string[]> _predictions = new("PREDICTIONS")
    {
        HelpName = "PREDICTIONS",
        Description = "JSON Lines of predictions, answers of a batch, or a folder of lm-evaluation-harness with samples_*.jsonl; - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _eval = OptionFactory.Text("--eval", "DIR", "Output folder of the build, or its folder eval (default: out).");
    private readonly Option<string?> _profile = OptionFactory.Choice("--profile", "What metrics mean: as FLAN's code computes them, as its paper reports them, as the datasets' authors do, or as lm-evaluation-harness does.", [.. MetricProfile.All.Select(profile => profile.Name)]);
    private readonly Option<string?> _normalize = OptionFactory.Choice("--normalize", "How log-likelihoods of options are compared (default: the profile's).", [.. RankNormalization.All.Select(one => one.Name)]);
    private readonly Option<string?> _extract = OptionFactory.Choice("--extract", "How texts are read: by the templates' answer contracts (default), as they are, or cut as FLAN's code cuts continuations.", Readings);
    private readonly Option<string[]> _compare = OptionFactory.Names("--compare", "PREDICTIONS", "Another run on the same rows: differences with paired bootstrap and McNemar's test. May be repeated.");
    private readonly Option<bool> _partial = OptionFactory.Switch("--partial", "Score what is there although rows have no prediction, or predictions no row.");
    private readonly Option<string?> _exclude = OptionFactory.Text("--exclude-ids", "FILE", "Ids of rows to leave out, such as contaminated ones: one per line, or JSON Lines with id.");
    private readonly Option<long?> _resamples = OptionFactory.Number("--resamples", "Bootstrap resamples for intervals (default: 1000); 0 for none.", 0, 1_000_000);
    private readonly Option<long?> _seed = OptionFactory.Number("--seed", "Seed of the resamples (default: 42).");
    private readonly Option<long?> _jobs = OptionFactory.Number("--jobs", "Threads (one for each processor); the result does not depend on it.", 1, 1024);
    private readonly Option<bool> _templates = OptionFactory.Switch("--templates", "List the score under every template, how often two disagree, and what is chosen more often than it is right.");
    private readonly Option<bool> _published = OptionFactory.Switch("--published", "Show averages that FLAN's paper publishes beside one's own.");
    private readonly Option<string?> _beside = OptionFactory.Text("--beside", "FILE", "Show figures of a paper beside one's own means: JSON such as {\"rte\": 78.3}, in per cent.");
    private readonly Option<string?> _csv = OptionFactory.Text("--csv", "FILE", "Write all figures as CSV.");
    private readonly Option<string?> _svg = OptionFactory.Text("--svg", "FILE", "Draw the scores: templates as dots, means as bars.");
    private readonly Option<string?> _junit = OptionFactory.Text("--junit", "FILE", "Write the checks as JUnit test results.");
    private readonly Option<string[]> _failUnder = OptionFactory.Names("--fail-under", "NAME=SHARE", "Exit 1 when the mean of a task, a cluster or 'overall' is below a share of a perfect score, such as rte=0.6.");
    private readonly Option<string?> _baseline = OptionFactory.Text("--baseline", "FILE", "An earlier report (--json) that no score may drop below.");
    private readonly Option<string?> _maxDrop = OptionFactory.Text("--max-drop", "SHARE", "How far a score may drop below --baseline, as a share of a perfect score (default: 0).");

    public ScoreCommand(Terminal terminal)
        : base(
            "score",
            "Score predictions for the evaluation sets of a build: mean over templates and test score of the best dev template, per task and cluster, with intervals. Exit 1 when a check fails.",
            terminal)
    {
        Arguments.Add(_predictions);
        Add([_eval, _profile, _normalize, _extract, _compare, _partial, _exclude, _resamples, _seed, _jobs, _templates, _published, _beside, _csv, _svg, _junit, _failUnder, _baseline, _maxDrop]);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit score predictions.jsonl --eval out",
        "instructkit score runs/ --eval out --profile lm-eval --json > report.json",
        "instructkit score new.jsonl --eval out --compare old.jsonl",
        "instructkit score new.jsonl --eval out --baseline report.json --max-drop 0.01 --fail-under overall=0.5 --junit score.xml",
    ];

    protected override int Run(ParseResult parsed)
    {
        var predictions = parsed.GetValue(_predictions) ?? [];
        foreach (var path in predictions.Where(path => path != "-" && !File.Exists(path) && !Directory.Exists(path))) throw PlanOptions.Absent("file of predictions", path, Directory.GetFileSystemEntries);

        var bounds = (parsed.GetValue(_failUnder) ?? []).Select(Bound).ToList();
        var maxDrop = parsed.GetValue(_maxDrop) is { } drop ? Share("--max-drop", drop) : 0;
        if (parsed.GetValue(_baseline) is null && parsed.GetValue(_maxDrop) is not null) throw Wrong("--max-drop needs --baseline FILE.");

        var request = new ScoreRequest
        {
            Eval = parsed.GetValue(_eval) ?? "out",
            Predictions = predictions,
            Compare = parsed.GetValue(_compare) ?? [],
            Input = predictions.Concat(parsed.GetValue(_compare) ?? []).Contains("-") ? Terminal.OpenInput() : Stream.Null,
            Profile = parsed.GetValue(_profile) is { } profile ? MetricProfile.Find(profile)! : MetricProfile.All[0], // one of the choices
            Normalizations = parsed.GetValue(_normalize) is { } normalization ? [RankNormalization.All.First(one => one.Name == normalization)] : [],
            Reading = (AnswerReading)Math.Max(0, Array.IndexOf(Readings, parsed.GetValue(_extract))),
            Partial = parsed.GetValue(_partial),
            ExcludeIds = parsed.GetValue(_exclude),
            Resamples = (int)(parsed.GetValue(_resamples) ?? 1000),
            Seed = parsed.GetValue(_seed) ?? 42,
            Jobs = (int)(parsed.GetValue(_jobs) ?? Environment.ProcessorCount),
        };
        var beside = parsed.GetValue(_beside) is { } figures ? Figures(figures) : [];
        var report = Scorer.Run(request, Terminal.Cancel);
        List<ScoreCheck> checks = [.. ScoreCheck.Bounds(report, bounds)];
        if (parsed.GetValue(_baseline) is { } baseline) checks.AddRange(ScoreCheck.Drops(report, baseline, TextFile.Bytes(baseline), maxDrop));

        WriteFile(parsed.GetValue(_csv), () => ScoreFiles.Csv(report));
        WriteFile(parsed.GetValue(_svg), () => ScoreFiles.Svg(report));
        WriteFile(parsed.GetValue(_junit), () => ScoreFiles.JUnit(report, checks));
        if (Terminal.Json)
        {
            Terminal.Output.Write(ScoreJson.Write(report));
            Terminal.Output.Flush();
        }
        else
        {
            ScoreOutput.Write(report, Terminal, parsed.GetValue(_templates), parsed.GetValue(_published), beside);
        }

        foreach (var check in checks.Where(check => !check.Passed)) Terminal.Error.WriteLine($"failed: {check.Message}.");
        return checks.TrueForAll(check => check.Passed) ? ExitCode.Done : ExitCode.Found;
    }

    private static Dictionary<string, double> Figures(string path)
    {
        Dictionary<string, double> figures = new(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(TextFile.Bytes(path).AsMemory());
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("it is not a JSON object");

            foreach (var member in json.RootElement.EnumerateObject())
                figures[member.Name] = member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetDouble() : throw new JsonException($"the figure of '{member.Name}' is not a number");
        }
        catch (JsonException exception)
        {
            throw Wrong($"--beside {path} cannot be read: {exception.Message.TrimEnd('.')}. It is a JSON object of tasks and figures in per cent, such as {{\"rte\": 78.3}}.");
        }

        return figures;
    }

    private static void WriteFile(string? path, Func<byte[]> content)
    {
        if (path is not null) OutputFile.WriteAll(path, content());
    }

    private static (string Name, double Least) Bound(string text) =>
        text.LastIndexOf('=') is > 0 and var at ? (text[..at], Share("--fail-under", text[(at + 1)..])) : throw Wrong($"--fail-under takes NAME=SHARE, such as rte=0.6, found '{text}'.");

    private static double Share(string option, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share
            : throw Wrong($"{option} takes a share of a perfect score from 0 to 1, found '{text}'.");
}
