using InstructKit.Authoring.Importing;
using InstructKit.Building.Selection;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Sources.Files;

namespace InstructKit.Cli.Commands;

/// <summary>Base of the imports from one format.</summary>
internal abstract class ImportFormatCommand : CliCommand
{
    private const int MaxShown = 100;
    private const int MaxKinds = 40;
    private const int MaxNames = 10;

    private readonly Argument<string[]> _sources;
    private readonly Option<string?> _out = OptionFactory.Text("--out", "DIR", "Folder for the task files (imported).", "-o");
    private readonly Option<bool> _replace = OptionFactory.Switch("--replace", "Replace task files that are there.", "--force");
    private readonly Option<string?> _report = OptionFactory.Text("--report", "FILE", "CSV with a line for every task and message: what was imported, what was left out, what is not applied.");

    protected ImportFormatCommand(string name, string description, string sources, string sourcesDescription, Terminal terminal)
        : base(name, description, terminal)
    {
        _sources = new Argument<string[]>(sources) { Description = sourcesDescription, Arity = ArgumentArity.OneOrMore };
        Arguments.Add(_sources);
        Add(_out, _replace, _report);
        AddJson();
    }

    /// <summary>Imports files and folders.</summary>
    protected abstract ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed);

    protected override int Run(ParseResult parsed)
    {
        var result = Import(parsed.GetRequiredValue(_sources), parsed);
        var folder = parsed.GetValue(_out) ?? "imported";
        result.Write(folder, parsed.GetValue(_replace), Terminal.Cancel);
        if (parsed.GetValue(_report) is { } report) WriteReport(result, report);

        var known = Shipped(result);
        if (Terminal.Json)
        {
            WriteJson(result, folder, known);
        }
        else
        {
            // Of many messages, those about omitted content come first.
            var isLong = result.Diagnostics.Count > MaxShown;
            foreach (var diagnostic in isLong ? result.LeftOut.Concat(result.Diagnostics.Except(result.LeftOut)).Take(MaxShown) : result.Diagnostics) DiagnosticPrinter.Print(diagnostic, Terminal);

            if (isLong) SayKinds(result);
        }

        if (known.Count > 0 && !parsed.GetValue(_replace))
            Terminal.Say($"{(known.Count == 1 ? "The task" : "The tasks")} {Listed(known)} {(known.Count == 1 ? "has the name of a shipped one" : "have the names of shipped ones")}; a build that is to take {(known.Count == 1 ? "it" : "them")} needs --replace.");

        var rows = result.Rows > 0 ? $", {Wording.Count(result.Rows, "row")}" : string.Empty;
        var leftOut = result.LeftOutCount;
        Terminal.Say($"{Wording.Count(result.Tasks, "task")}, {Wording.Count(result.Templates, "template")}{rows} written to {folder}; {leftOut} left out.");
        return leftOut > 0 ? ExitCode.Found : ExitCode.Done;
    }

    // A count of each kind is more useful than thousands of messages.
    private void SayKinds(ImportResult result)
    {
        Terminal.Say($"... and {Wording.Count(result.Diagnostics.Count - MaxShown, "more message")}; --report FILE or --json has all of them.");
        Terminal.Say("Messages by kind:");
        foreach (var kind in ImportReport.Kinds(result.Diagnostics).Take(MaxKinds))
            Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{kind.Count,7} {(kind.Severity == Severity.Error ? "left out" : "told    ")} {kind.Code}  {kind.Text}"));
    }

    private static List<string> Shipped(ImportResult result)
    {
        var shipped = TaskRegistry.Open(ShippedFiles.TaskRegistry, []).Tasks.Keys.ToHashSet(StringComparer.Ordinal);
        return [.. result.Files.Where(file => file.Templates > 0 && shipped.Contains(file.Task)).Select(file => file.Task)];
    }

    private static string Listed(List<string> names) =>
        $"{string.Join(", ", names.Take(MaxNames).Select(name => $"'{name}'"))}{(names.Count > MaxNames ? $" and {Wording.Count(names.Count - MaxNames, "other")}" : string.Empty)}";

    private static void WriteReport(ImportResult result, string path)
    {
        using var content = new MemoryStream();
        ImportReport.WriteCsv(result, content);
        using var batch = new FileBatch();
        batch.Add(Path.GetFullPath(path), content.ToArray());
        batch.Publish();
    }

    private void WriteJson(ImportResult result, string folder, List<string> known) => JsonDocumentOutput.Write(Terminal, json =>
    {
        json.Put("out", folder).Put("tasks", result.Tasks).Put("templates", result.Templates).Put("rows", result.Rows).Put("left_out", result.LeftOutCount);
        json.Objects("files", result.Files, file => json.Put("path", file.Path).Put("task", file.Task).Put("templates", file.Templates).Put("rows", file.Rows));
        json.Put("shipped_names", known);
        json.Objects("diagnostics", result.Diagnostics, diagnostic => DiagnosticPrinter.Write(json, diagnostic, withoutHint: false));
    });
}
