using System.CommandLine;
using System.Globalization;
using InstructKit.Diagnostics;
using InstructKit.Rendering;
using InstructKit.Tasks;
using InstructKit.Templating;

namespace InstructKit.Cli.Commands;

/// <summary><c>instructkit render</c>: the template engine as a Unix filter.</summary>
internal sealed class RenderCommand : Command
{
    private static readonly string[] DialectNames = ["jinja", "promptsource", "lm-eval", "chat", "flan"];
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    private readonly Argument<string> _input = new("input") { Description = "JSON Lines to read: a file (may be gzip), or - for standard input.", DefaultValueFactory = _ => "-" };
    private readonly Option<string?> _template = new("--template") { Description = "File with the template of all rows.", HelpName = "FILE" };
    private readonly Option<string?> _templateColumn = new("--template-column") { Description = "Field that holds the template of its row.", HelpName = "NAME" };
    private readonly Option<string?> _rowColumn = new("--row-column") { Description = "Field whose object holds the variables; the whole row unless given.", HelpName = "NAME" };
    private readonly Option<string> _dialect = new("--dialect")
    {
        Description = "Family of the templates: jinja, promptsource, lm-eval, chat or flan.", DefaultValueFactory = _ => "jinja", HelpName = "NAME",
    };

    private readonly Option<string?> _choices = new("--choices") { Description = "Template of the answer choices of all rows (promptsource).", HelpName = "TEXT" };
    private readonly Option<string?> _choicesColumn = new("--choices-column") { Description = "Field that holds the template of the answer choices (promptsource).", HelpName = "NAME" };
    private readonly Option<string?> _optionsColumn = new("--options-column")
    {
        Description = "Field with an object of settings: trim_blocks, lstrip_blocks, keep_trailing_newline, undefined, env, autoescape.", HelpName = "NAME",
    };

    private readonly Option<string?> _now = new("--now") { Description = "Instant that strftime_now prints, in UTC, such as 2025-07-10T12:00:00Z.", HelpName = "INSTANT" };
    private readonly Option<long> _seed = new("--seed") { Description = "Seed of the filters choice and random, together with the row's line.", HelpName = "N" };
    private readonly Option<string> _choice = new("--choice") { Description = "What choice and random take: random or first.", DefaultValueFactory = _ => "random", HelpName = "HOW" };
    private readonly Option<bool> _splitAtData = new("--split-at-data") { Description = "Divide at separators in the data too, as promptsource itself does." };
    private readonly Option<bool> _truncate = new("--truncate") { Description = "Cut every printed expression to 2,048 characters, as promptsource does unless told." };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Threads; the output does not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount, HelpName = "N" };
    private readonly Func<Stream> _standardInput;
    private readonly Func<Stream> _standardOutput;

    public RenderCommand(Func<Stream> standardInput, Func<Stream> standardOutput)
        : base("render", "Render a template on rows: JSON Lines in, JSON Lines out, one line per row, in order. Exit 1 when a row failed.")
    {
        _standardInput = standardInput;
        _standardOutput = standardOutput;
        Arguments.Add(_input);
        Option[] options =
        [
            _template, _templateColumn, _rowColumn, _dialect, _choices, _choicesColumn, _optionsColumn, _now, _seed, _choice, _splitAtData, _truncate, _jobs,
        ];
        foreach (var option in options)
        {
            Options.Add(option);
        }

        SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
    }

    private int Run(ParseResult parsed, CancellationToken cancel)
    {
        var request = Bind(parsed);
        var path = parsed.GetRequiredValue(_input);
        using var output = _standardOutput();
        RenderCounts counts;
        if (path == "-")
        {
            using var input = _standardInput();
            counts = RenderFilter.Run(request, input, "<stdin>", output, cancel);
        }
        else
        {
            counts = RenderFilter.RunFile(request, path, output, cancel);
        }

        if (counts.Failed == 0)
        {
            return 0;
        }

        parsed.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Failed:N0} of {counts.Rows:N0} rows failed; each has an error object in the output."));
        return 1;
    }

    private RenderRequest Bind(ParseResult parsed)
    {
        var template = parsed.GetValue(_template);
        var templateColumn = parsed.GetValue(_templateColumn);
        if (template is null == templateColumn is null)
        {
            throw Wrong("Give either --template FILE or --template-column NAME.");
        }

        var dialect = (Dialect)OneOf("--dialect", parsed.GetRequiredValue(_dialect), DialectNames);
        var choices = parsed.GetValue(_choices);
        var choicesColumn = parsed.GetValue(_choicesColumn);
        var how = new PromptsourceOptions { SplitAtData = parsed.GetValue(_splitAtData), Truncate = parsed.GetValue(_truncate) };
        if (dialect != Dialect.Promptsource && (choices is not null || choicesColumn is not null || how.SplitAtData || how.Truncate))
        {
            throw Wrong("--choices, --choices-column, --split-at-data and --truncate belong to --dialect promptsource.");
        }

        if (choices is not null && choicesColumn is not null)
        {
            throw Wrong("Give either --choices TEXT or --choices-column NAME.");
        }

        var jobs = parsed.GetValue(_jobs);
        if (jobs < 1)
        {
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"--jobs is at least 1, found {jobs}."));
        }

        return new RenderRequest
        {
            Template = template is null ? null : SourceText.FromText(template, File.ReadAllText(template)),
            TemplateColumn = templateColumn,
            RowColumn = parsed.GetValue(_rowColumn),
            Dialect = dialect,
            Choices = choices is null ? null : SourceText.FromText("--choices", choices),
            ChoicesColumn = choicesColumn,
            OptionsColumn = parsed.GetValue(_optionsColumn),
            Promptsource = how,
            Now = Instant(parsed.GetValue(_now)),
            Seed = parsed.GetValue(_seed),
            ChooseFirst = OneOf("--choice", parsed.GetRequiredValue(_choice), ["random", "first"]) == 1,
            Jobs = jobs,
        };
    }

    private static DateTimeOffset? Instant(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
            : throw Wrong($"--now is an instant such as 2025-07-10T12:00:00Z, found '{text}'.");
    }

    private static int OneOf(string option, string value, string[] names)
    {
        var index = Array.IndexOf(names, value);
        return index >= 0 ? index : throw Wrong($"{option} is one of {string.Join(", ", names)}, found '{value}'.", NearestName.Hint(value, names));
    }

    private static DiagnosticException Wrong(string message, string? hint = null) => new(new Diagnostic(TaskCodes.BadSetting, Severity.Error, message) { Hint = hint });
}
