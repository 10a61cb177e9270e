using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using InstructKit.Auditing.Validation;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Diagnostics;
using InstructKit.Formats.Consumers;
using InstructKit.Sources;

namespace InstructKit.Cli.Commands;

/// <summary>Holds files against the rules of what is to read them.</summary>
internal sealed class ValidateCommand : CliCommand
{
    private const int ShownFindings = 20;
    private const int ReportedFindings = 10_000;

    private readonly Argument<string[]> _inputs = new("FILE|DIR")
    {
        Description = "Data files, folders whose data files are taken, or - for JSON Lines on standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _target = OptionFactory.Choice("--target", "Whose rules count; without it the answer is which targets the files would suit.", [.. ConsumerTable.Names]);
    private readonly Option<bool> _targets = OptionFactory.Switch("--targets", "List the targets and stop.");
    private readonly Option<long?> _most = OptionFactory.Number(
        "--max-findings", $"Findings of each rule that are shown ({ShownFindings}; {ReportedFindings:N0} in --json, --sarif and --junit); 0 shows all. All are counted.", 0, int.MaxValue);

    private readonly Option<bool> _sarif = OptionFactory.Switch("--sarif", "Answer with a SARIF 2.1.0 log on standard output.");
    private readonly Option<bool> _junit = OptionFactory.Switch("--junit", "Answer with JUnit's XML on standard output.");
    private readonly LimitOptions _limits = new();
    private readonly OutputOptions _output = new();

    /// <summary>Makes the command.</summary>
    public ValidateCommand(Terminal terminal)
        : base("validate", "Check data files against the rules of the trainer or loader that is to read them. Exits with 1 when an error is found.", terminal)
    {
        Arguments.Add(_inputs);
        foreach (Option option in (Option[])[_target, _targets, _most, _sarif, _junit, .. _limits.All]) Options.Add(option);

        _target.HelpName = "NAME";
        _output.AddTo(this);
        Validators.Add(result =>
        {
            var forms = (result.GetValue(_sarif) ? 1 : 0) + (result.GetValue(_junit) ? 1 : 0) + (result.GetResult("--json") is not null ? 1 : 0);
            if (forms > 1) result.AddError("--json, --sarif and --junit are forms of one answer; choose one.");
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit validate out/train.jsonl",
        "instructkit validate out/ --target trl-sft",
        "zcat pairs.jsonl.gz | instructkit validate - --target trl-preference --max-findings 0",
        "instructkit validate train.jsonl --target openai-chat --sarif > validate.sarif",
    ];

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed)
    {
        var json = _output.WantsJson(parsed);
        if (parsed.GetValue(_targets))
        {
            ListTargets(json);
            return ExitCode.Done;
        }

        var inputs = parsed.GetValue(_inputs) ?? [];
        if (inputs.Length == 0) throw Wrong("Name the files or folders to validate, or - for standard input.");

        foreach (var input in inputs)
        {
            // A path with a ! names a member of an archive.
            if (input != "-" && !Path.Exists(input) && !input.Contains('!', StringComparison.Ordinal)) throw PlanOptions.Absent("input file", input, Directory.GetFileSystemEntries);
        }

        var isReport = json || parsed.GetValue(_sarif) || parsed.GetValue(_junit);
        var most = (int)(parsed.GetValue(_most) ?? (isReport ? ReportedFindings : ShownFindings));
        var target = parsed.GetValue(_target) is { } name ? ConsumerTable.Find(name) : null;
        var request = new ValidationRequest
        {
            Target = target,
            Inputs = inputs,
            StandardInput = inputs.Contains("-") ? StandardInput() : null,
            MaxFindings = most == 0 ? int.MaxValue : most,
            Limits = _limits.Over(new SourceLimits(), parsed),
        };
        var clock = Stopwatch.StartNew();
        var report = new Validator(request).Run(Terminal.Cancel);
        var megabytes = report.Files.Sum(file => file.Bytes) / 1e6;
        Terminal.Log.Information("{Megabytes:N1} MB at {Speed:N1} MB/s", megabytes, megabytes / Math.Max(1e-6, clock.Elapsed.TotalSeconds));
        if (json) Terminal.Output.Write(ValidationOutput.Json(report, target?.Name));
        else if (parsed.GetValue(_sarif)) Terminal.Output.Write(ValidationOutput.Sarif(report, target?.Name, ToolVersion.Text, Directory.GetCurrentDirectory()));
        else if (parsed.GetValue(_junit)) Terminal.Output.Write(ValidationOutput.JUnit(report, target?.Name));
        else Show(report);

        if (report.Omitted > 0) Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{report.Omitted:N0} more findings are not shown; --max-findings 0 shows all."));

        foreach (var (code, (errors, warnings)) in report.Counts)
            Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"  {code} {ValidationOutput.NameOf(code)}: {errors:N0} {(errors == 1 ? "error" : "errors")}, {warnings:N0} {(warnings == 1 ? "warning" : "warnings")}"));

        Terminal.Say(report.Summary(target?.Name));
        return report.Errors > 0 || (target is null && report.Suits.All(one => one.Reason is not null)) ? ExitCode.Found : ExitCode.Done;
    }

    private static DiagnosticException Wrong(string message) => new(new Diagnostic(Tasks.TaskCodes.BadSetting, Severity.Error, message));

    private void Show(ValidationReport report)
    {
        // The runner of GitHub Actions turns such lines into annotations; people read the log, too.
        foreach (var finding in report.Findings) DiagnosticPrinter.Print(finding.Diagnostic, Terminal);

        if (report.Suits.Count == 0) return;

        var suited = report.Suits.Where(one => one.Reason is null).Select(one => one.Consumer.Name).ToList();
        Terminal.Text.WriteLine(suited.Count == 0 ? "The files suit no target." : $"The files suit {string.Join(", ", suited)}.");
        foreach (var one in report.Suits.Where(one => one.Reason is not null)) Terminal.Text.WriteLine($"  not {one.Consumer.Name}: {one.Reason!.Diagnostic}");
    }

    private void ListTargets(bool json)
    {
        if (!json)
        {
            foreach (var consumer in ConsumerTable.All) Terminal.Text.WriteLine($"{consumer.Name,-24}{consumer.What}");
            return;
        }

        JsonDocumentOutput.Write(Terminal, writer =>
        {
            writer.WriteStartArray("targets");
            foreach (var consumer in ConsumerTable.All)
            {
                writer.WriteStartObject();
                writer.WriteString("target", consumer.Name);
                writer.WriteString("what", consumer.What);
                writer.WriteString("source", consumer.Source);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    // Bytes are read as they are; only a text that stands for the input in-process is encoded first.
    private Stream StandardInput() => Terminal.Input is StreamReader reader ? reader.BaseStream : new MemoryStream(Encoding.UTF8.GetBytes(Terminal.Input.ReadToEnd()));
}
