using InstructKit.Building.Plans;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>Prompts without instructions: the paper's ablation of their role (FLAN, section 4.3), where a model sees the bare input, or the name of task and dataset before it.</summary>
internal static class BarePrompts
{
    /// <summary>What instructions the examples of a task have.</summary>
    public static InstructionUse UseOf(BuildPlan plan, TaskUse use) => use == TaskUse.Train ? plan.Instructions : plan.HeldOutInstructions;

    /// <summary>The name of a task: its cluster, where the scheme has it in one, and the dataset as the scheme calls it.</summary>
    public static string NameOf(ClusterScheme scheme, ResolvedTask task)
    {
        var cluster = scheme.Of(task.Task.Key) ?? scheme.Find(task.Cluster);
        var dataset = cluster?.Datasets.FirstOrDefault(one => one.Tasks.Contains(task.Task.Key, StringComparer.Ordinal))?.Name;
        var name = dataset is null || dataset == task.Task.Key ? task.Task.Title : dataset;
        return cluster is null ? name : $"{cluster.Title}: {name}";
    }

    /// <summary>A bare prompt with a name in brackets before it.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="name">The name; marks of the template language in it are left out.</param>
    public static TemplateDefinition Named(TemplateDefinition prompt, string name) => prompt with
    {
        Id = $"{prompt.Id}-name",
        Input = SourceText.FromText(prompt.Input.Name, $"[{string.Concat(name.Where(letter => letter is not ('{' or '}')))}] {prompt.Input.Text}"),
    };
}
