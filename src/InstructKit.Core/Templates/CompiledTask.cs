using System.Text.RegularExpressions;
using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>A task compiled for one layout: its source columns, their mapping to the canonical row, the conditions, and the templates. Immutable and
/// shared by all workers; each has its own <see cref="RowEvaluator"/>.</summary>
/// <remarks>Slots of a row, in order: the source's columns, mapped columns, derived fields, options, options block, answer, answers, own answers of
/// templates.</remarks>
public sealed partial class CompiledTask
{
    [GeneratedRegex(@"\{\{-?\s*[A-Za-z_]\w*\s*-?\}\}")]
    private static partial Regex PlainName { get; }

    [GeneratedRegex("""^\s*[A-Za-z_]\w*(\s*\.\s*[A-Za-z_]\w*|\[\s*('[^']*'|"[^"]*")\s*\])*\s*$""")]
    private static partial Regex PathForm();

    [GeneratedRegex(@"\{[{%]")]
    private static partial Regex Tag { get; }

    private CompiledTask(TaskDefinition task, IReadOnlyList<string> sourceColumns)
    {
        Task = task;
        SourceColumns = sourceColumns;
    }

    /// <summary>The names that a task adds to its columns and fields; a column of such a name hides the task's value in its templates.</summary>
    public static IReadOnlyList<string> TaskNames { get; } = ["answer", "answers", "options", "options_block"];

    /// <summary>The task.</summary>
    public TaskDefinition Task { get; }

    /// <summary>Columns that the reader must provide, in slot order.</summary>
    public IReadOnlyList<string> SourceColumns { get; }

    /// <summary>The compiled templates, in order.</summary>
    public IReadOnlyList<CompiledTemplate> Templates { get; private set; } = [];

    /// <summary>True when the task defines groups of rows (<see cref="RowEvaluator.Group"/>).</summary>
    public bool HasGroup => Group is not null;

    internal ColumnBinding[] Columns { get; private set; } = [];

    internal TemplateExpression? Group { get; private set; }

    internal ColumnBinding[] GroupColumns { get; private set; } = [];

    /// <summary>Conditions on columns only; evaluated before anything is derived.</summary>
    internal BoundExpression[] EarlyConditions { get; private set; } = [];

    /// <summary>Conditions on derived values.</summary>
    internal BoundExpression[] LateConditions { get; private set; } = [];

    internal BoundExpression[] Fields { get; private set; } = [];

    internal TemplateExpression? Options { get; private set; }

    internal TemplateExpression? Answer { get; private set; }

    /// <summary>Where <see cref="Answer"/> selects an option by a label.</summary>
    internal IndexUse[] Labels { get; private set; } = [];

    /// <summary>True when the answer is a path in the row, such as <c>answer.text</c>, and not computed.</summary>
    internal bool AnswerIsPath { get; private set; }

    /// <summary>The same for the list of all correct answers.</summary>
    internal bool AnswersArePath { get; private set; }

    internal TemplateExpression? Answers { get; private set; }

    internal TemplateExpression? AnswerIndex { get; private set; }

    /// <summary>Options and options block, if they are the same for every row.</summary>
    internal Value ConstantOptions { get; private set; } = Value.Undefined;

    internal Value ConstantBlock { get; private set; } = Value.Undefined;

    internal int OptionsSlot { get; private set; } = -1;

    internal int BlockSlot { get; private set; } = -1;

    internal int AnswerSlot { get; private set; } = -1;

    internal int AnswersSlot { get; private set; } = -1;

    /// <summary>Slot of the text that a budget may truncate; -1 for none.</summary>
    internal int CutSlot { get; private set; } = -1;

    /// <summary>Compiles a task for a layout.</summary>
    /// <param name="task">The task.</param>
    /// <param name="layout">One of its layouts.</param>
    /// <param name="prompts">The requested templates; null for all.</param>
    /// <exception cref="DiagnosticException">Expressions or templates are invalid (IK1xxx, IK20xx); all findings at once.</exception>
    public static CompiledTask Compile(TaskDefinition task, Layout layout, IReadOnlyList<TemplateDefinition>? prompts = null)
    {
        List<Diagnostic> diagnostics = [];
        var program = new Compiler(task, layout, diagnostics).Compile(prompts ?? task.Templates);
        return diagnostics.Count > 0 ? throw DiagnosticException.InOrder(diagnostics) : program;
    }
}
