using System.Text.Json;
using InstructKit.Building.Passes;

namespace InstructKit.Cli.Output;

/// <summary>Shows rendered rows.</summary>
internal static class RenderedRowOutput
{
    /// <summary>Human-readable: side by side on a terminal, one below the other elsewhere.</summary>
    public static void Tell(PreviewedRow row, Terminal terminal)
    {
        var output = terminal.Text;
        output.WriteLine($"row {row.Row}  {row.File}:{row.Line}");
        List<(string Name, string Value)> lines = [.. row.Values];
        if (row.Options is { } options) lines.Add((Label("options", row), Listed(options)));
        if (row.Answers is { } answers) lines.Add(answers.Count == 1 ? (Label("answer", row), answers[0]) : (Label("answers", row), Listed(answers)));

        var width = lines.Select(line => line.Name.Length).DefaultIfEmpty().Max();
        foreach (var (name, value) in lines) output.WriteLine($"  {name.PadRight(width)}  {Indented(value, width + 4)}");

        if (row.Unused is not null) output.WriteLine($"  not used, {row.Unused}");

        if (terminal.OutputIsTerminal)
        {
            output.WriteLine();
            TextTable.Write(
                terminal, [new("template"), new("input"), new("target")],
                row.Examples.Select(example => (IReadOnlyList<string>)[$"{example.Template.Id}\n{example.Template.KindText}", example.Unused ?? example.Input, example.Target]));
            return;
        }

        foreach (var example in row.Examples)
        {
            output.WriteLine();
            output.WriteLine($"{example.Template.Id} ({example.Template.KindText})");
            if (example.Unused is not null)
            {
                output.WriteLine($"  {example.Unused}");
                continue;
            }

            output.WriteLine($"  input:   {Indented(example.Input, 11)}");
            output.WriteLine($"  target:  {Indented(example.Target, 11)}");
        }
    }

    /// <summary>As members of a JSON object.</summary>
    public static void WriteJson(PreviewedRow row, Utf8JsonWriter json)
    {
        json.Put("row", row.Row).Put("file", row.File).Put("line", row.Line).Put("unused", row.Unused);
        json.Put("values", row.Values);
        WriteTexts(json, "options", row.Options);
        WriteTexts(json, "answers", row.Answers);
        json.Objects("examples", row.Examples, example => json
            .Put("template", example.Template.Id).Put("kind", example.Template.KindText).Put("input", example.Input).Put("target", example.Target).Put("error", example.Unused));
    }

    // A column may have the same name as what the task derives from it.
    private static string Label(string name, PreviewedRow row) => row.Values.Any(value => value.Name == name) ? $"{name} of the task" : name;

    private static string Listed(IReadOnlyList<string> texts) => $"[{string.Join(", ", texts.Select(text => $"'{text}'"))}]";

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null) json.WriteNull(name);
        else json.Put(name, texts);
    }

    private static string Indented(string text, int spaces) => text.ReplaceLineEndings("\n" + new string(' ', spaces));
}
