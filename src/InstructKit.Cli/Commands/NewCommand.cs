using System.CommandLine.Help;
using InstructKit.Authoring.Drafting;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Sources.Files;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Creates starter files.</summary>
internal sealed class NewCommand : CliCommand
{
    public NewCommand(Terminal terminal)
        : base("new", "Make a task file for a dataset of your own.", terminal) => Subcommands.Add(new NewTaskCommand(terminal));

    public override IReadOnlyList<string> Examples => NewTaskCommand.Lines;

    protected override int Run(ParseResult parsed) => new HelpWithExamples(new HelpAction()).Invoke(parsed);
}

/// <summary>Drafts a task file from a sample of the data.</summary>
internal sealed class NewTaskCommand : CliCommand
{
    /// <summary>Examples for the help.</summary>
    public static readonly string[] Lines =
    [
        "instructkit new task my_reviews reviews.csv",
        "instructkit new task tickets tickets/train.jsonl --test tickets/test.jsonl --answer queue --cluster support",
        "instructkit new task faq faq.parquet --out -",
    ];

    private readonly Argument<string> _key = new("KEY") { HelpName = "KEY", Description = "Name of the task: letters, digits and _." };
    private readonly Argument<string> _file = new("FILE") { HelpName = "FILE", Description = "The data, or its training part: JSON Lines, JSON, CSV, TSV or Parquet, also .gz and .zst; or a folder of such files." };
    private readonly Option<string?> _validation = OptionFactory.Text("--validation", "FILE", "Rows for validation (default: a slice of FILE).");
    private readonly Option<string?> _test = OptionFactory.Text("--test", "FILE", "Rows for the evaluation (default: a slice of FILE).");
    private readonly Option<string?> _answer = OptionFactory.Text("--answer", "COLUMN", "Column that holds the answer (default: guessed).");
    private readonly Option<string?> _cluster = OptionFactory.Text("--cluster", "NAME", "Cluster of the task (default: one of its own).");
    private readonly Option<string?> _out = OptionFactory.Text("--out", "FILE", "Where to write (default: KEY.yaml in the current folder); - for standard output.", "-o");
    private readonly Option<bool> _force = OptionFactory.Switch("--force", "Replace a file that is there.");

    public NewTaskCommand(Terminal terminal)
        : base("task", "Look at a data file and write a commented task file for it, which lint and preview accept at once.", terminal)
    {
        Arguments.Add(_key);
        Arguments.Add(_file);
        Add(_validation, _test, _answer, _cluster, _out, _force);
    }

    public override IReadOnlyList<string> Examples => Lines;

    protected override int Run(ParseResult parsed)
    {
        var key = parsed.GetRequiredValue(_key);
        if (!TaskFiles.IsName(key))
            throw DiagnosticException.Error(TaskCodes.BadName, $"'{key}' is not a valid task name: letters, digits and _ only, as in my_task.");

        var target = parsed.GetValue(_out) ?? $"{key}.yaml";
        var toStream = target == "-";
        if (!toStream && Path.GetFileNameWithoutExtension(target) != key)
            throw DiagnosticException.Error(TaskCodes.BadName, $"The file of the task '{key}' is called '{key}.yaml', not '{Path.GetFileName(target)}'.");

        if (!toStream && File.Exists(target) && !parsed.Has(_force))
            throw DiagnosticException.Error(SinkCodes.FolderNotEmpty, $"There is a file '{target}' already.", hint: "Use --force to replace it.");

        var folder = toStream ? "." : Path.GetDirectoryName(Path.GetFullPath(target))!; // a file's path has a folder
        var draft = TaskDrafter.Draft(new DraftRequest
        {
            Key = key,
            Files = Files(parsed),
            Answer = parsed.GetValue(_answer),
            Cluster = parsed.GetValue(_cluster),
            Folder = folder,
        });
        if (toStream)
        {
            Terminal.Text.Write(draft.Yaml);
            Terminal.Text.Flush();
            return ExitCode.Done;
        }

        Directory.CreateDirectory(folder);
        OutputFile.WriteAll(target, Encoding.UTF8.GetBytes(draft.Yaml));
        Tell(draft, target);
        return ExitCode.Done;
    }

    private Dictionary<SliceKind, string> Files(ParseResult parsed)
    {
        Dictionary<SliceKind, string> files = new() { [SliceKind.Train] = parsed.GetRequiredValue(_file) };
        foreach (var (role, option) in ((SliceKind, Option<string?>)[])[(SliceKind.Validation, _validation), (SliceKind.Test, _test)])
        {
            if (parsed.GetValue(option) is { } path) files[role] = path;
        }

        foreach (var path in files.Values.Where(path => !File.Exists(path) && !Directory.Exists(path) && DraftPlaces.Archive(path) is null)) throw PlanOptions.Absent("data file", path, Directory.GetFiles);

        return files;
    }

    private void Tell(TaskDraft draft, string target)
    {
        var data = draft.IsBesideData ? string.Empty : $" --data {draft.DataRoot}";
        Terminal.Say($"Wrote {target}: {Wording.Count(draft.Columns.Count, "column")}, the answer is '{draft.Answer}'{(draft.Notes.Count > 0 && draft.Notes.Any(note => note.Contains("no_label", StringComparison.Ordinal)) ? $"; {draft.Notes.First(note => note.Contains("no_label", StringComparison.Ordinal))}" : string.Empty)}.");
        foreach (var note in draft.Notes) Terminal.Say($"  {VisibleText.Of(note)}.");

        foreach (var dialect in draft.Dialects)
        {
            var chosen = ReferenceEquals(dialect, draft.Dialects[0]) ? "read as" : "not as ";
            Terminal.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"  {chosen} {dialect.Name}: {Wording.Count(dialect.Columns, "column")}, {Wording.Count(dialect.Rows, "row")}, {dialect.Faults:N0} that do not fit, {Wording.Count(dialect.Lines, "line")} inside quotes"));
        }

        Terminal.Say("Next:");
        Terminal.Say($"  instructkit preview {target}{data}");
        Terminal.Say($"  instructkit lint {target}{data}");
        Terminal.Say($"  instructkit build --tasks {target}{data}{(ShippedNames.Tasks.Contains(Path.GetFileNameWithoutExtension(target), StringComparer.Ordinal) ? " --replace" : string.Empty)} --out dataset");
    }
}
