using System.Text.Json;
using InstructKit.Building.Passes;

namespace InstructKit.Cli.Output;

/// <summary>Shows rendered rows.</summary>
internal static class RenderedRowOutput
{
    /// <summary>For people: side by side on a terminal, one below the other elsewhere.</summary>
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
                terminal,
                [new("template"), new("input"), new("target")],
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

    /// <summary>As a member of a JSON document.</summary>
    public static void WriteJson(PreviewedRow row, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("row", row.Row);
        json.WriteString("file", row.File);
        json.WriteNumber("line", row.Line);
        json.WriteString("unused", row.Unused);
        json.WriteStartObject("values");
        foreach (var (name, value) in row.Values) json.WriteString(name, value);

        json.WriteEndObject();
        WriteTexts(json, "options", row.Options);
        WriteTexts(json, "answers", row.Answers);
        json.WriteStartArray("examples");
        foreach (var example in row.Examples)
        {
            json.WriteStartObject();
            json.WriteString("template", example.Template.Id);
            json.WriteString("kind", example.Template.KindText);
            json.WriteString("input", example.Input);
            json.WriteString("target", example.Target);
            json.WriteString("error", example.Unused);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A column may be named as what the task makes of it.
    private static string Label(string name, PreviewedRow row) => row.Values.Any(value => value.Name == name) ? $"{name} of the task" : name;

    private static string Listed(IReadOnlyList<string> texts) => $"[{string.Join(", ", texts.Select(text => $"'{text}'"))}]";

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            json.WriteNull(name);
            return;
        }

        JsonDocumentOutput.Strings(json, name, texts);
    }

    private static string Indented(string text, int spaces) => text.ReplaceLineEndings("\n" + new string(' ', spaces));
}
