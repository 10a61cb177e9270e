using InstructKit.Building;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Every line of a small dataset under various plans. Cases are plan files; their expectations were reviewed line by line.</summary>
public sealed class ProtocolGoldenTests : IDisposable
{
    private static readonly string Folder = RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "protocol");

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_gives_the_lines_of_its_golden_file_for_any_number_of_workers(string name)
    {
        var expected = File.ReadAllText(Path.Combine(Folder, $"{name}.jsonl"));
        Assert.Equal(expected, Build(name, 1));
        Assert.Equal(expected, Build(name, 3));
    }

    private string Build(string name, int jobs)
    {
        var tickets = Path.Combine(Folder, "tasks", "tickets.yaml");
        var plan = BuildPlanFile.Load(Path.Combine(Folder, $"{name}.yaml"));
        plan = plan with { Data = [Path.Combine(Folder, "data")], TaskFolders = plan.Tasks is null ? [tickets] : plan.TaskFolders, Tasks = plan.Tasks ?? ["tickets"], Out = _scratch.At($"{name}-{jobs}"), Jobs = jobs };
        DatasetBuilder.Run(PlanResolver.Resolve(plan, TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), plan.TaskFolders)), null, TestContext.Current.CancellationToken);
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(Path.Combine(plan.Out, "data"), "*.jsonl").Order(StringComparer.Ordinal))
            text.Append("=== ").Append(Path.GetFileName(file).Split('-')[0]).Append('\n').Append(File.ReadAllText(file));

        return text.ToString();
    }
}
