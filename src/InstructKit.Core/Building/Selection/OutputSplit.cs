using InstructKit.Building.Plans;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>The splits that a build writes, and their content.</summary>
public static class OutputSplit
{
    /// <summary>Training slices of the training tasks.</summary>
    public const string Train = "train";

    /// <summary>Dev slices of the training tasks.</summary>
    public const string Validation = "validation";

    /// <summary>Test slices of the training tasks, where nothing is held out.</summary>
    public const string Test = "test";

    /// <summary>Test slices of the held-out tasks.</summary>
    public const string HeldOut = "held_out";

    /// <summary>Dev slices of the held-out tasks, for choosing the best template.</summary>
    public const string HeldOutValidation = "held_out_validation";

    /// <summary>All splits in the order of writing.</summary>
    public static IReadOnlyList<string> All { get; } = [Train, Validation, Test, HeldOut, HeldOutValidation];

    /// <summary>True for scored splits.</summary>
    public static bool IsScored(string split) => split is Test or HeldOut or HeldOutValidation;

    /// <summary>The output split of a slice; null when it is not written (usually the test slice of a training task, and the training slice of a held-out one).</summary>
    public static string? Of(TaskUse task, SliceKind slice, bool inTaskTest = false) => (task, slice) switch
    {
        (TaskUse.Train, SliceKind.Train) => Train,
        (TaskUse.Train, SliceKind.Validation) => Validation,
        (TaskUse.Train, SliceKind.Test) when inTaskTest => Test,
        (TaskUse.HeldOut, SliceKind.Test) => HeldOut,
        (TaskUse.HeldOut, SliceKind.Validation) => HeldOutValidation,
        _ => null,
    };
}

/// <summary>Prompts without instructions: the paper's ablation of their role (FLAN, section 4.3), where a model sees only the input, or the name of task and dataset before it.</summary>
internal static class BarePrompts
{
    /// <summary>Instructions of a task's examples.</summary>
    public static InstructionUse UseOf(BuildPlan plan, TaskUse use) => use == TaskUse.Train ? plan.Instructions : plan.HeldOutInstructions;

    /// <summary>The name of a task: its cluster, if it is in one in the scheme, and the dataset's name in the scheme.</summary>
    public static string NameOf(ClusterScheme scheme, ResolvedTask task)
    {
        var cluster = scheme.Of(task.Task.Key) ?? scheme.Find(task.Cluster);
        var dataset = cluster?.Datasets.FirstOrDefault(one => one.Tasks.Contains(task.Task.Key, StringComparer.Ordinal))?.Name;
        var name = dataset is null || dataset == task.Task.Key ? task.Task.Title : dataset;
        return cluster is null ? name : $"{cluster.Title}: {name}";
    }

    /// <summary>A prompt without instructions, preceded by a name in brackets.</summary>
    /// <param name="name">The name; delimiters of the template language are removed from it.</param>
    public static TemplateDefinition Named(TemplateDefinition prompt, string name) => prompt with
    {
        Id = $"{prompt.Id}-name",
        Input = SourceText.FromText(prompt.Input.Name, $"[{string.Concat(name.Where(letter => letter is not ('{' or '}')))}] {prompt.Input.Text}"),
    };
}
