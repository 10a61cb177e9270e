using System.Text.Json;
using InstructKit.Fetching;
using InstructKit.Sources.Hub;

namespace InstructKit.Cli.Output;

/// <summary>What a fetch would do or has done, as a table or as JSON.</summary>
internal static class FetchOutput
{
    public static void Show(FetchPlan plan, Terminal terminal)
    {
        if (terminal.Json)
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

    /// <summary>Reports what was done.</summary>
    public static void Tell(FetchReport report, string cache, Terminal terminal)
    {
        if (terminal.Json)
        {
            JsonDocumentOutput.Write(terminal, writer =>
            {
                WritePlan(writer, report.Plan, report.Failures);
                writer.Put("bytes_received", report.BytesReceived);
            });
        }

        var came = ByteSize.Format(report.BytesReceived);
        terminal.Say($"{Wording.Count(report.Plan.Files.Count, "file")}, {ByteSize.Format(report.Plan.Bytes)}, {came} of it fetched now, in {cache}.");
        if (report.Failures.Count > 0) terminal.Say($"{Wording.Count(report.Failures.Count, "failure")}:");
    }

    private static void WritePlan(Utf8JsonWriter json, FetchPlan plan, IEnumerable<Diagnostic> failures)
    {
        json.Objects("files", plan.Files, file => json
            .Put("dataset", file.Snapshot.Id).Put("revision", file.Snapshot.Revision).Put("commit", file.Snapshot.Commit).Put("path", file.Path)
            .Put("bytes", file.Size).Put("left", file.Left).Put(file.Hash.Kind, file.Hash.Hex).Put("state", Of(file.State)).Put("tasks", file.Tasks));
        json.Put("bytes", plan.Bytes).Put("left", plan.Left);
        json.Objects("failures", failures, failure => json.Put("code", failure.Code).Put("message", failure.Message).Put("hint", failure.Hint));
    }

    private static string Of(FileState state) => state switch { FileState.Cached => "cached", FileState.Begun => "begun", _ => "missing" };
}
