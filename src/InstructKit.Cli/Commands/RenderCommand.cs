using System.CommandLine;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Rendering;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Cli.Commands;

/// <summary>The template engine as a Unix filter.</summary>
internal sealed class RenderCommand : CliCommand
{
    private static readonly string[] DialectNames = ["jinja", "promptsource", "lm-eval", "chat", "flan"];
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    private readonly Argument<string?> _input = new("FILE")
    {
        HelpName = "FILE",
        Description = "JSON Lines to read: a file (may be compressed), or - for standard input (default).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _template = OptionFactory.Text("--template", "FILE", "File with the template of all rows.");
    private readonly Option<string?> _templateColumn = OptionFactory.Text("--template-column", "NAME", "Field that holds the template of its row.");
    private readonly Option<string?> _rowColumn = OptionFactory.Text("--row-column", "NAME", "Field whose object holds the variables; the whole row unless given.");
    private readonly Option<string?> _dialect = OptionFactory.Choice("--dialect", "Family of the templates (jinja).", DialectNames);
    private readonly Option<string?> _choices = OptionFactory.AnyText("--choices", "TEXT", "Template of the answer choices of all rows (promptsource).");
    private readonly Option<string?> _choicesColumn = OptionFactory.Text("--choices-column", "NAME", "Field that holds the template of the row's answer choices (promptsource).");
    private readonly Option<string?> _optionsColumn = OptionFactory.Text(
        "--options-column", "NAME", "Field with an object of settings: trim_blocks, lstrip_blocks, keep_trailing_newline, undefined, env (default, sandbox, chat), autoescape. Without it the row's lists are read-only.");

    private readonly Option<string?> _now = OptionFactory.Text("--now", "INSTANT", "Instant that strftime_now prints, in UTC, such as 2025-07-10T12:00:00Z.");
    private readonly Option<long?> _seed = OptionFactory.Number("--seed", "Seed of the filters choice and random, together with the row's line (0).");
    private readonly Option<string?> _choice = OptionFactory.Choice("--choice", "What the filters choice and random take (random).", "random", "first");
    private readonly Option<bool> _splitAtData = OptionFactory.Switch("--split-at-data", "Divide at separators in the data too, as promptsource itself does.");
    private readonly Option<bool> _truncate = OptionFactory.Switch("--truncate", "Cut every printed expression to 2,048 characters, as promptsource does unless told.");
    private readonly LimitOptions _limits = new(RenderRequest.DepthCeiling, RenderRequest.DepthCeiling);
    private readonly RepairOptions _repairs = new();
    private readonly Option<long?> _jobs = OptionFactory.Number("--jobs", "Threads (one for each processor); the output does not depend on it.", 1, 1024);

    /// <summary>Makes the command.</summary>
    public RenderCommand(Terminal terminal)
        : base("render", "Render a template on rows: JSON Lines in, JSON Lines out, one line per row, in order. A row that fails gives an error object; exit 1 when one did.", terminal)
    {
        Arguments.Add(_input);
        Option[] options =
        [
            _template, _templateColumn, _rowColumn, _dialect, _choices, _choicesColumn, _optionsColumn, _now, _seed, _choice, _splitAtData, _truncate, _jobs, .. _limits.All, .. _repairs.All,
        ];
        foreach (var option in options) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit render rows.jsonl --template prompt.jinja > prompts.jsonl",
        "zcat rows.jsonl.gz | instructkit render - --template prompt.jinja --jobs 4",
        "instructkit render cases.jsonl --dialect promptsource --template-column jinja --choices-column answer_choices --row-column row",
        "instructkit render chats.jsonl --dialect chat --template chat.jinja --now 2025-07-10T12:00:00Z",
    ];

    protected override int Run(ParseResult parsed)
    {
        var request = Bind(parsed);
        var path = parsed.GetValue(_input) ?? "-";
        if (Directory.Exists(path)) throw Wrong($"The input '{path}' is a folder; a file is needed, or - for standard input.");

        // What stands behind a ! lies in an archive.
        if (path != "-" && !path.Contains('!', StringComparison.Ordinal) && !File.Exists(path))
            throw PlanOptions.Absent("input file", path, Directory.GetFiles);

        RenderCounts counts;
        if (path == "-")
        {
            using var input = StandardInput();
            counts = RenderFilter.Run(request, input, "<stdin>", Terminal.Output, Terminal.Cancel);
        }
        else
        {
            counts = RenderFilter.RunFile(request, path, Terminal.Output, Terminal.Cancel);
        }

        foreach (var line in RepairText.Lines(counts.Repaired)) Terminal.Say(line);

        if (counts.Failed == 0) return ExitCode.Done;

        Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{counts.Failed:N0} of {counts.Rows:N0} rows failed; each has an error object in the output."));
        return ExitCode.Found;
    }

    private static DateTimeOffset? Instant(string? text)
    {
        if (text is null) return null;

        return DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
            : throw Wrong($"--now is an instant such as 2025-07-10T12:00:00Z, found '{text}'.");
    }

    private static DiagnosticException Wrong(string message) => new(new Diagnostic(TaskCodes.BadSetting, Severity.Error, message));

    // Bytes are read as they are; only a text that stands for the input in-process is encoded first.
    private Stream StandardInput() =>
        Terminal.Input is StreamReader reader ? reader.BaseStream : new MemoryStream(Encoding.UTF8.GetBytes(Terminal.Input.ReadToEnd()));

    private RenderRequest Bind(ParseResult parsed)
    {
        var template = parsed.GetValue(_template);
        var templateColumn = parsed.GetValue(_templateColumn);
        if (template is null == templateColumn is null) throw Wrong("Give either --template FILE or --template-column NAME.");

        var dialect = (Dialect)Math.Max(0, Array.IndexOf(DialectNames, parsed.GetValue(_dialect)));
        var choices = parsed.GetValue(_choices);
        var choicesColumn = parsed.GetValue(_choicesColumn);
        var how = new PromptsourceOptions { SplitAtData = parsed.GetValue(_splitAtData), Truncate = parsed.GetValue(_truncate) };
        if (dialect != Dialect.Promptsource && (choices is not null || choicesColumn is not null || how.SplitAtData || how.Truncate))
            throw Wrong("--choices, --choices-column, --split-at-data and --truncate belong to --dialect promptsource.");

        if (choices is not null && choicesColumn is not null) throw Wrong("Give either --choices TEXT or --choices-column NAME.");

        if (template is not null && !File.Exists(template)) throw PlanOptions.Absent("template file", template, Directory.GetFiles);

        return new RenderRequest
        {
            Template = template is null ? null : TextFile.Load(template),
            TemplateColumn = templateColumn,
            RowColumn = parsed.GetValue(_rowColumn),
            Dialect = dialect,
            Choices = choices is null ? null : SourceText.FromText("--choices", choices),
            ChoicesColumn = choicesColumn,
            OptionsColumn = parsed.GetValue(_optionsColumn),
            Promptsource = how,
            Now = Instant(parsed.GetValue(_now)),
            Seed = parsed.GetValue(_seed) ?? 0,
            ChooseFirst = parsed.GetValue(_choice) == "first",
            Jobs = (int)(parsed.GetValue(_jobs) ?? Environment.ProcessorCount),
            Repairs = _repairs.Read(parsed),
            InputLimits = _limits.Over(new RenderRequest().InputLimits, parsed),
        };
    }
}
