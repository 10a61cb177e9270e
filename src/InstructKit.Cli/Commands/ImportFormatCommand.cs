using System.CommandLine;
using System.Globalization;
using InstructKit.Authoring.Importing;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Diagnostics;

namespace InstructKit.Cli.Commands;

/// <summary>An import from one format: what all of them share.</summary>
internal abstract class ImportFormatCommand : CliCommand
{
    private readonly Argument<string[]> _sources;
    private readonly Option<string?> _out = OptionFactory.Text("--out", "DIR", "Folder for the task files (imported).", "-o");
    private readonly Option<bool> _force = OptionFactory.Switch("--force", "Replace files that are there.");
    private readonly OutputOptions _output = new();

    /// <summary>Makes the command.</summary>
    protected ImportFormatCommand(string name, string description, string sources, string sourcesDescription, Terminal terminal)
        : base(name, description, terminal)
    {
        _sources = new Argument<string[]>(sources) { Description = sourcesDescription, Arity = ArgumentArity.OneOrMore };
        Arguments.Add(_sources);
        Options.Add(_out);
        Options.Add(_force);
        _output.AddTo(this);
    }

    /// <summary>Imports files and folders.</summary>
    protected abstract ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed);

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed)
    {
        var result = Import(parsed.GetRequiredValue(_sources), parsed);
        var folder = parsed.GetValue(_out) ?? "imported";
        result.Write(folder, parsed.GetValue(_force), Terminal.Cancel);
        if (_output.WantsJson(parsed))
        {
            WriteJson(result, folder);
        }
        else
        {
            foreach (var diagnostic in result.Diagnostics) DiagnosticPrinter.Print(diagnostic, Terminal);
        }

        var rows = result.Rows > 0 ? $", {Counted(result.Rows, "row")}" : string.Empty;
        var leftOut = result.LeftOutCount;
        Terminal.Say($"{Counted(result.Tasks, "task")}, {Counted(result.Templates, "template")}{rows} written to {folder}; {leftOut} left out.");
        return leftOut > 0 ? ExitCode.Found : ExitCode.Done;
    }

    private static string Counted(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? string.Empty : "s")}");

    private void WriteJson(ImportResult result, string folder) => JsonDocumentOutput.Write(Terminal, json =>
    {
        json.WriteString("out", folder);
        json.WriteNumber("tasks", result.Tasks);
        json.WriteNumber("templates", result.Templates);
        json.WriteNumber("rows", result.Rows);
        json.WriteNumber("left_out", result.LeftOutCount);
        json.WriteStartArray("files");
        foreach (var file in result.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("task", file.Task);
            json.WriteNumber("templates", file.Templates);
            json.WriteNumber("rows", file.Rows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in result.Diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("code", diagnostic.Code);
            json.WriteString("severity", diagnostic.Severity == Severity.Error ? "error" : "warning");
            json.WriteString("message", diagnostic.Message);
            if (diagnostic.Hint is { } hint) json.WriteString("hint", hint);

            if (diagnostic.Span is { } span)
            {
                json.WriteString("file", span.Source.Name);
                json.WriteNumber("line", span.Start.Line + 1);
                json.WriteNumber("column", span.Start.Column + 1);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
