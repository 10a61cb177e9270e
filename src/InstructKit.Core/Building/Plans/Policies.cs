using InstructKit.Tasks;
using InstructKit.Templating;

namespace InstructKit.Building.Plans;

/// <summary>How a build handles unusable rows.</summary>
public enum BadRowPolicy
{
    /// <summary>The first one fails the build.</summary>
    Fail,

    /// <summary>It goes to the reject file and is counted.</summary>
    Skip,
}

/// <summary>Instructions of examples: the paper's ablation of their role (FLAN, section 4.3).</summary>
public enum InstructionUse
{
    /// <summary>Those of the templates.</summary>
    Full,

    /// <summary>None: only the input and the answer.</summary>
    None,

    /// <summary>The name of task and dataset in brackets before the input.</summary>
    Name,
}

/// <summary>How a build handles tasks without files.</summary>
public enum MissingDataPolicy
{
    /// <summary>The build fails before anything is written.</summary>
    Fail,

    /// <summary>The task is omitted and listed in the manifest.</summary>
    Skip,
}

/// <summary>How held-out rows among the training rows are handled.</summary>
public enum LeakPolicy
{
    /// <summary>The build fails if a training task reads held-out rows of a file, or contains 5 % or more of a held-out task's rows; fewer are dropped and counted.</summary>
    Fail,

    /// <summary>They are dropped and counted.</summary>
    Drop,

    /// <summary>They are trained on and counted.</summary>
    Report,
}

/// <summary>Held-out rows in one training task.</summary>
/// <param name="Task">The training task.</param>
/// <param name="HeldOut">The held-out task.</param>
/// <param name="Rows">Rows of the training task that equal rows of the held-out one.</param>
/// <param name="HeldOutRows">Rows of the held-out task that are among them.</param>
/// <param name="HeldOutTotal">Rows of the held-out task.</param>
public sealed record LeakCount(string Task, string HeldOut, long Rows, long HeldOutRows, long HeldOutTotal);

/// <summary>Codes of builds and of their output files.</summary>
public static class BuildCodes
{
    /// <summary>More unusable rows than the plan allows.</summary>
    public const string TooManyRejects = "IK2201";

    /// <summary>A manifest that cannot be read.</summary>
    public const string BadManifest = "IK2202";

    /// <summary>An index of evaluation sets that cannot be read.</summary>
    public const string BadEvaluationIndex = "IK2203";
}

/// <summary>Which templates of tasks with a rationale are used.</summary>
public enum RationaleUse
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those that print the rationale: before the answer, or in an inverted template.</summary>
    Only,

    /// <summary>Those that do not.</summary>
    None,
}

/// <summary>Chooses templates by whether they print the column or field <c>rationale</c> (chain of thought).</summary>
internal static class RationaleTemplates
{
    private const string Name = "rationale";

    /// <summary>The templates that a plan uses; those of a task without a rationale are all of them.</summary>
    public static IEnumerable<TemplateDefinition> Choose(TaskDefinition task, IEnumerable<TemplateDefinition> templates, RationaleUse use) =>
        use == RationaleUse.All || !(task.Columns.Any(column => column.Name == Name) || task.Fields.Any(field => field.Name == Name)) ? templates
            : templates.Where(template => Prints(template) == (use == RationaleUse.Only));

    private static bool Prints(TemplateDefinition template) => Reads(template.Input, template) || Reads(template.Target, template);

    // A template that cannot be parsed is reported when it is compiled.
    private static bool Reads(Diagnostics.SourceText text, TemplateDefinition template) =>
        Template.TryParse(text, Templating.Settings.TemplateOptions.For(template.Dialect), out var parsed, out _) && parsed.UndeclaredNames.Contains(Name, StringComparer.Ordinal);
}
