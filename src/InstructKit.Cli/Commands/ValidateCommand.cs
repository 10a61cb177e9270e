using System.Diagnostics;
using InstructKit.Auditing.Validation;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Formats;
using InstructKit.Formats.Consumers;
using InstructKit.Lengths;
using InstructKit.Sources;

namespace InstructKit.Cli.Commands;

/// <summary>Validates files against their consumer's rules.</summary>
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

    private readonly Option<string?> _fix = OptionFactory.Text(
        "--fix", "OUT", "Also write JSON Lines again, into a new file (of one file) or folder: without byte-order marks, blank lines and null keys, keys in one order.");

    private readonly Option<string?> _tokenizer = OptionFactory.Text(
        "--tokenizer", "NAME|FILE", "Also check what a tokenizer makes of the rows: o200k_base, cl100k_base, gpt2, r50k_base, or a file as for tokens. Needs --target.");

    private readonly Option<long?> _maxTokens = OptionFactory.Number("--max-tokens", "With --tokenizer: length from which on rows are cut.", 1, int.MaxValue);
    private readonly Option<string?> _template = OptionFactory.Text(
        "--chat-template", "FILE", "Check a chat template instead (tokenizer_config.json or .jinja): what it drops, prefixes, masks, stop tokens. Data files are rendered with it.");

    private readonly Option<bool> _showMask = OptionFactory.Switch("--show-mask", "With --chat-template: print a conversation (the first row, if files are named) with its trained part marked.");
    private readonly Option<bool> _sarif = OptionFactory.Switch("--sarif", "Answer with a SARIF 2.1.0 log on standard output.");
    private readonly Option<bool> _junit = OptionFactory.Switch("--junit", "Answer with JUnit's XML on standard output.");
    private readonly LimitOptions _limits = new();

    public ValidateCommand(Terminal terminal)
        : base("validate", "Check data files against the rules of the trainer or loader that is to read them. Exits with 1 when an error is found.", terminal)
    {
        Arguments.Add(_inputs);
        Add([_target, _targets, _most, _fix, _tokenizer, _maxTokens, _template, _showMask, _sarif, _junit, .. _limits.All]);

        _target.HelpName = "NAME";
        AddJson();
        Validators.Add(result =>
        {
            var forms = (result.GetValue(_sarif) ? 1 : 0) + (result.GetValue(_junit) ? 1 : 0) + (result.GetResult("--json") is not null ? 1 : 0);
            if (forms > 1) result.AddError("--json, --sarif and --junit are forms of one answer; choose one.");
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit validate out/",
        "zcat pairs.jsonl.gz | instructkit validate - --target trl-preference --max-findings 0",
        "instructkit validate --chat-template tokenizer_config.json train.jsonl --show-mask",
        "instructkit validate train.jsonl --target trl-sft --tokenizer o200k_base --max-tokens 4096 --fix train.fixed.jsonl",
    ];

    protected override int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_targets))
        {
            ListTargets();
            return ExitCode.Done;
        }

        var inputs = parsed.GetValue(_inputs) ?? [];
        var templateFile = parsed.GetValue(_template);
        if (inputs.Length == 0 && templateFile is null) throw Wrong("Name the files or folders to validate, or - for standard input.");

        foreach (var input in inputs)
        {
            // A path with a ! names a member of an archive.
            if (input != "-" && !Path.Exists(input) && !input.Contains('!', StringComparison.Ordinal)) throw PlanOptions.Absent("input file", input, Directory.GetFileSystemEntries);
        }

        CheckOptions(parsed);
        var isReport = Terminal.Json || parsed.GetValue(_sarif) || parsed.GetValue(_junit);
        var most = (int)(parsed.GetValue(_most) ?? (isReport ? ReportedFindings : ShownFindings));
        var limits = _limits.Over(new SourceLimits(), parsed);
        var name = templateFile is null ? parsed.GetValue(_target) : "chat-template";
        var clock = Stopwatch.StartNew();
        var report = templateFile is null
            ? new Validator(Bind(parsed, inputs, most == 0 ? int.MaxValue : most, limits)).Run(Terminal.Cancel)
            : Diagnose(templateFile, inputs, parsed.GetValue(_showMask), new ValidationReport(most == 0 ? int.MaxValue : most), limits);
        var megabytes = report.Files.Sum(file => file.Bytes) / 1e6;
        Terminal.Log.Information("{Megabytes:N1} MB at {Speed:N1} MB/s", megabytes, megabytes / Math.Max(1e-6, clock.Elapsed.TotalSeconds));
        if (Terminal.Json) Terminal.Output.Write(ValidationOutput.Json(report, name));
        else if (parsed.GetValue(_sarif)) Terminal.Output.Write(ValidationOutput.Sarif(report, name, ToolVersion.Text, Directory.GetCurrentDirectory()));
        else if (parsed.GetValue(_junit)) Terminal.Output.Write(ValidationOutput.JUnit(report, name));
        else Show(report);

        if (report.Omitted > 0) Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{report.Omitted:N0} more findings are not shown; --max-findings 0 shows all."));

        foreach (var (code, (errors, warnings)) in report.Counts)
            Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"  {string.Join(' ', code, ValidationOutput.NameOf(code)).TrimEnd()}: {errors:N0} {(errors == 1 ? "error" : "errors")}, {warnings:N0} {(warnings == 1 ? "warning" : "warnings")}"));

        Terminal.Say(report.Summary(name));
        if (parsed.GetValue(_fix) is { } fixedTo) Terminal.Say(new RowFixer(limits).Run(inputs, fixedTo, Terminal.Cancel).Summary(fixedTo));

        return report.Errors > 0 || (name is null && report.Suits.All(one => one.Reason is not null)) ? ExitCode.Found : ExitCode.Done;
    }

    private void CheckOptions(ParseResult parsed)
    {
        if (parsed.GetValue(_maxTokens) is not null && parsed.GetValue(_tokenizer) is null) throw Wrong("--max-tokens counts the tokens of --tokenizer; give both.");

        var hasTarget = parsed.GetValue(_target) is not null;
        if (parsed.GetValue(_tokenizer) is not null && !hasTarget) throw Wrong("--tokenizer needs --target, which says what is trained.");

        if (parsed.GetValue(_template) is null)
        {
            if (parsed.GetValue(_showMask)) throw Wrong("--show-mask shows what --chat-template makes of a row; give both.");

            return;
        }

        if (hasTarget) throw Wrong("--chat-template checks a template and --target the rows of a consumer; run them one after the other.");

        if (parsed.GetValue(_fix) is not null) throw Wrong("--fix mends data files, not chat templates.");

        if (parsed.GetValue(_template) is { } file && !File.Exists(file)) throw PlanOptions.Absent("chat template", file, Directory.GetFiles);
    }

    private ValidationRequest Bind(ParseResult parsed, string[] inputs, int most, SourceLimits limits) => new()
    {
        Target = parsed.GetValue(_target) is { } name ? ConsumerTable.Find(name) : null,
        Inputs = inputs,
        StandardInput = inputs.Contains("-") ? Terminal.OpenInput() : null,
        MaxFindings = most,
        Tokens = parsed.GetValue(_tokenizer) is { } tokenizer ? new TokenRules(Tokenizers.Open(tokenizer), (int?)parsed.GetValue(_maxTokens)) : null,
        Limits = limits,
    };

    private ValidationReport Diagnose(string file, string[] inputs, bool shows, ValidationReport report, SourceLimits limits)
    {
        IReadOnlyList<ChatTemplate> templates = [];
        try
        {
            templates = ChatTemplate.LoadAll(file, ChatTemplateCodes.Fails);
        }
        catch (DiagnosticException failure) when (failure.Diagnostics.All(static one => one.Code == ChatTemplateCodes.Fails || one.Code.StartsWith("IK10", StringComparison.Ordinal)))
        {
            // An unreadable template is a finding: it is what the user asked about.
            foreach (var one in failure.Diagnostics) report.Add(new ValidationFinding(one, string.Empty));
        }

        foreach (var template in templates)
        {
            new ChatTemplateDoctor(template, report, Terminal.Cancel).Run();
            var rows = new ChatTemplateRows(template, report, limits, shows ? Print : null, Terminal.Cancel);
            if (inputs.Length > 0) rows.Run(inputs, inputs.Contains("-") ? Terminal.OpenInput() : null);
            else if (shows) Print(rows.Marked([.. ChatTemplateDoctor.Example.Select(Encoding.UTF8.GetBytes)], []));
        }

        return report;

        void Print(string text) => Terminal.Text.WriteLine(Terminal.OutputIsTerminal ? VisibleLines(text) : text);
    }

    // A template may print control characters; line ends start new lines.
    private static string VisibleLines(string text) => string.Join('\n', text.Split('\n').Select(VisibleText.Of));

    private void Show(ValidationReport report)
    {
        // The runner of GitHub Actions turns such lines into annotations; people read the log as well.
        foreach (var finding in report.Findings) DiagnosticPrinter.Print(finding.Diagnostic, Terminal);

        if (report.Suits.Count == 0) return;

        var suited = report.Suits.Where(one => one.Reason is null).Select(one => one.Consumer.Name).ToList();
        Terminal.Text.WriteLine(suited.Count == 0 ? "The files suit no target." : $"The files suit {string.Join(", ", suited)}.");
        foreach (var one in report.Suits.Where(one => one.Reason is not null)) Terminal.Text.WriteLine($"  not {one.Consumer.Name}: {one.Reason!.Diagnostic}");
    }

    private void ListTargets()
    {
        if (!Terminal.Json)
        {
            foreach (var consumer in ConsumerTable.All) Terminal.Text.WriteLine($"{consumer.Name,-24}{consumer.What}");
            return;
        }

        JsonDocumentOutput.Write(Terminal, writer => writer.Objects("targets", ConsumerTable.All, consumer => writer
            .Put("target", consumer.Name).Put("what", consumer.What).Put("source", consumer.Source)));
    }
}
