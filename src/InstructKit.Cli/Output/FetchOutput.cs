using System.Text.Json;
using InstructKit.Diagnostics;
using InstructKit.Fetching;
using InstructKit.Sources.Hub;

namespace InstructKit.Cli.Output;

/// <summary>What a fetch would do or has done, as a table or as JSON.</summary>
internal static class FetchOutput
{
    /// <summary>Shows a plan.</summary>
    public static void Show(FetchPlan plan, bool json, Terminal terminal)
    {
        if (json)
        {
            JsonDocumentOutput.Write(terminal, writer => WritePlan(writer, plan, plan.Failures.Select(failure => failure.Reason)));
        }
        else
        {
            TextTable.Write(
                terminal,
                [new("state"), new("bytes", true), new("left", true), new("dataset"), new("commit"), new("path"), new("tasks")],
                plan.Files.Select(file => (IReadOnlyList<string>)
                [
                    Of(file.State), Wording.Number(file.Size), Wording.Number(file.Left), file.Snapshot.Id, file.Snapshot.Commit[..12], file.Path, string.Join(' ', file.Tasks),
                ]));
        }

        terminal.Say($"{Wording.Count(plan.Files.Count, "file")}, {ByteSize.Format(plan.Bytes)}; {ByteSize.Format(plan.Left)} to fetch.");
    }

    /// <summary>Tells what was done.</summary>
    public static void Tell(FetchReport report, string cache, bool json, Terminal terminal)
    {
        if (json)
        {
            JsonDocumentOutput.Write(terminal, writer =>
            {
                WritePlan(writer, report.Plan, report.Failures);
                writer.WriteNumber("bytes_received", report.BytesReceived);
            });
        }

        var came = ByteSize.Format(report.BytesReceived);
        terminal.Say($"{Wording.Count(report.Plan.Files.Count, "file")}, {ByteSize.Format(report.Plan.Bytes)}, {came} of it fetched now, in {cache}.");
        if (report.Failures.Count > 0) terminal.Say($"{Wording.Count(report.Failures.Count, "failure")}:");
    }

    private static void WritePlan(Utf8JsonWriter json, FetchPlan plan, IEnumerable<Diagnostic> failures)
    {
        json.WriteStartArray("files");
        foreach (var file in plan.Files)
        {
            json.WriteStartObject();
            json.WriteString("dataset", file.Snapshot.Id);
            json.WriteString("revision", file.Snapshot.Revision);
            json.WriteString("commit", file.Snapshot.Commit);
            json.WriteString("path", file.Path);
            json.WriteNumber("bytes", file.Size);
            json.WriteNumber("left", file.Left);
            json.WriteString(file.Hash.Kind, file.Hash.Hex);
            json.WriteString("state", Of(file.State));
            JsonDocumentOutput.Strings(json, "tasks", file.Tasks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("bytes", plan.Bytes);
        json.WriteNumber("left", plan.Left);
        json.WriteStartArray("failures");
        foreach (var failure in failures)
        {
            json.WriteStartObject();
            json.WriteString("code", failure.Code);
            json.WriteString("message", failure.Message);
            json.WriteString("hint", failure.Hint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Of(FileState state) => state switch { FileState.Cached => "cached", FileState.Begun => "begun", _ => "missing" };
}
