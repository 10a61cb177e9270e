using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using Xunit;

namespace InstructKit.Tests.Tasks;

/// <summary>The canonical form of a source row, as text.</summary>
/// <param name="Verdict">"kept", or the reason of the drop.</param>
/// <param name="Columns">Canonical columns; none for a row that is not kept.</param>
/// <param name="Parts">Options, answer, answers, then input and target of every template, each with its name.</param>
internal sealed record CanonicalRow(string Verdict, IReadOnlyDictionary<string, string> Columns, IReadOnlyList<string> Parts)
{
    /// <summary>Reads all rows of a split of a layout below a data root.</summary>
    public static IReadOnlyList<CanonicalRow> ReadAll(TaskDefinition task, string root, string layout, string split)
    {
        var data = new TaskLocator([root]).FindAll(task).FirstOrDefault(one => one.Layout.Name == layout);
        Assert.True(data is not null && data.Splits.ContainsKey(split), $"The layout {layout} of {task.Key} finds no files of '{split}' below {root}.");
        var program = CompiledTask.Compile(task, data.Layout);
        var evaluator = new RowEvaluator(program, new RenderLimits());
        using var reader = RowReaders.Open(data.Layout.Source, data.Splits[split], program.SourceColumns);
        using var batch = new RowBatch(program.SourceColumns.Count);
        List<CanonicalRow> rows = [];
        while (reader.ReadChunk(batch))
        {
            reader.Parse(batch);
            Assert.True(batch.Faults.Count == 0, $"{task.Key} in {layout}: {string.Join("; ", batch.Faults.Select(fault => fault.Message))}");
            for (var i = 0; i < batch.Count; i++)
            {
                var verdict = evaluator.Load(batch, i, 0);
                Assert.True(verdict.ErrorCode is null, $"{task.Key} in {layout}, row {rows.Count}: {verdict.ErrorCode} {verdict.Message}");
                rows.Add(verdict.DropReason is { } reason
                    ? new CanonicalRow(reason, new Dictionary<string, string>(), [])
                    : new CanonicalRow("kept", evaluator.Describe().ToDictionary(one => one.Name, one => one.Value), [.. PartsOf(program, evaluator)]));
            }
        }

        return rows;
    }

    private static IEnumerable<string> PartsOf(CompiledTask program, RowEvaluator evaluator)
    {
        yield return $"options: {evaluator.Options}";
        yield return $"answer: {evaluator.Answer}";
        yield return $"answers: {evaluator.Answers}";
        foreach (var prompt in program.Templates)
        {
            var output = new Utf8Output();
            evaluator.RenderInput(prompt, output);
            output.AppendText("\n=>\n"u8);
            evaluator.RenderTarget(prompt, output);
            yield return $"{prompt.Definition.Id}: {Encoding.UTF8.GetString(output.Written)}";
        }
    }
}
