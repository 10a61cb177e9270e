using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Rendering;
using InstructKit.Sources.Files;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Cli.Commands;

/// <summary>The template engine as a Unix filter.</summary>
internal sealed class RenderCommand : FilterCommand
{
    private static readonly string[] DialectNames = ["jinja", "promptsource", "lm-eval", "chat", "flan"];
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

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
    private readonly Option<bool> _truncate = OptionFactory.Switch("--truncate", "Cut every printed expression to 2,048 characters, as promptsource does by default.");

    public RenderCommand(Terminal terminal)
        : base("render", "Render a template on rows: JSON Lines in, JSON Lines out, one line per row, in order. A row that fails gives an error object; exit 1 when one did.", terminal) =>
        AddFilterOptions(_template, _templateColumn, _rowColumn, _dialect, _choices, _choicesColumn, _optionsColumn, _now, _seed, _choice, _splitAtData, _truncate);

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
        RenderCounts counts;
        if (PathOf(parsed) is { } path)
        {
            counts = RenderFilter.RunFile(request, path, Terminal.Output, Terminal.Cancel);
        }
        else
        {
            using var input = Terminal.OpenInput();
            counts = RenderFilter.Run(request, input, "<stdin>", Terminal.Output, Terminal.Cancel);
        }

        foreach (var line in RepairText.Lines(counts.Repaired)) Terminal.Say(line);

        return Finish(counts.Failed, counts.Rows);
    }

    private static DateTimeOffset? Instant(string? text)
    {
        if (text is null) return null;

        return DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
            : throw Wrong($"--now is an instant such as 2025-07-10T12:00:00Z, found '{text}'.");
    }

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
            Jobs = JobsOf(parsed),
            Repairs = RepairsOf(parsed),
            InputLimits = LimitsOf(parsed),
        };
    }
}
